"""Each removal of a sweep is an event: of its workflow, or of the sweep where nobody knows it."""

from collections.abc import Sequence

import pytest
from tests.faults.rig import Rig
from tests.unit.recovery.test_sweep import (
    EVERYTHING,
    FORGOTTEN,
    LEFT,
    forgotten,
    swept,
    told,
    with_leftovers,
)

from slipway.messages.events import Event
from slipway.saga.errors import Unavailable


class Listener:
    """Has heard of these; while `deaf`, of nothing more."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.heard: list[Event] = []
        self.deaf = deaf

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        if self.deaf:
            return events
        self.heard += events
        return ()


def test_of_a_workflow_that_nobody_knows_each_removal_is_told_once_with_whose_it_was() -> None:
    rig, listener = Rig(), Listener()
    forgotten(rig)

    report = swept(rig, bus=listener)
    again = swept(rig, bus=listener)

    assert again.items == ()
    assert {event.type for event in listener.heard} == {"slipway.resource.swept"}
    assert [event.data["resource"] for event in listener.heard] == [
        {"kind": item.kind, "name": item.name, "workflow_id": FORGOTTEN} for item in report.items
    ]


def test_who_drops_what_it_has_seen_drops_no_other_removal() -> None:
    """The same things of the same workflow may be left once more, and removed by another sweep."""
    rig, listener = Rig(), Listener()
    for _ in range(2):
        forgotten(rig)
        swept(rig, bus=listener)

    ids = {event.to_cloudevent("dev")["id"] for event in listener.heard}

    assert len(ids) == len(listener.heard) == 2 * len(EVERYTHING)
    assert not any(FORGOTTEN in each for each in ids)


def test_of_a_workflow_that_is_known_its_own_stream_tells_and_the_sweep_does_not() -> None:
    rig, listener = Rig(), Listener()
    with_leftovers(rig)

    swept(rig, bus=listener)

    assert listener.heard == []
    assert rig.store.events(LEFT)[-1].type == "slipway.resource.swept"


def test_a_dry_run_tells_nobody() -> None:
    rig, listener = Rig(), Listener()
    forgotten(rig)

    swept(rig, bus=listener, dry_run=True)

    assert listener.heard == []


def test_what_the_bus_does_not_take_is_removed_and_logged_and_the_report_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig()
    forgotten(rig)

    report = swept(rig, bus=Listener(deaf=True))

    assert told(report) == [("removed", kind) for kind in EVERYTHING]
    assert {(each.part, each.workflow_id) for each in report.unreachable} == {("events", FORGOTTEN)}
    logged = [record for record in caplog.records if record.message == "resource_swept"]
    assert len(logged) == len(EVERYTHING)


class Gone(Listener):
    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        raise Unavailable("aws_busy", f"cannot publish {len(events)} events: InternalFailure")


def test_a_bus_that_is_away_stops_no_removal() -> None:
    rig = Rig()
    forgotten(rig)

    report = swept(rig, bus=Gone())

    assert told(report) == [("removed", kind) for kind in EVERYTHING]
    assert {each.part for each in report.unreachable} == {"events"}
