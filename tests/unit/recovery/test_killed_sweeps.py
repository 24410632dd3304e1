"""A sweep that is killed after a removal has told nobody of it; the next one does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from tests.faults.rig import Rig
from tests.unit.recovery.test_removals_are_told import Listener
from tests.unit.recovery.test_sweep import (
    EVERYTHING,
    FORGOTTEN,
    LEFT,
    ME,
    Machine,
    forgotten,
    swept,
    told,
    with_leftovers,
)

from recovery.sweep import Sweeper
from slipway import wiring
from slipway.containerize.resources import Found, Resource, Sweepable
from slipway.cqrs.outbox import EventBus
from slipway.messages.events import Event
from slipway.messages.sweeping import Sweep
from slipway.saga import Change, Saga
from slipway.saga.errors import Unavailable
from slipway.settings import Settings

SWEPT = "slipway.resource.swept"


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


class Last(Listener):
    """The process ends before a word of it is out; or, `heard_it`, right after."""

    def __init__(self, *, heard_it: bool = False) -> None:
        super().__init__()
        self.heard_it = heard_it

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        if self.heard_it:
            super().publish(events)
        raise Killed


def killed(rig: Rig, bus: EventBus) -> None:
    with pytest.raises(Killed):
        swept(rig, bus=bus)


def resources(listener: Listener) -> list[tuple[str, str]]:
    return [(e.data["resource"]["kind"], e.data["resource"]["name"]) for e in listener.heard]


def notes(rig: Rig) -> list[str]:
    return list(rig.workspace.keys("workflows/sweep_"))


def test_what_it_removed_of_a_workflow_that_nobody_knows_the_next_one_tells_once() -> None:
    rig, listener = Rig(), Listener()
    forgotten(rig)
    killed(rig, Last())

    report = swept(rig, bus=listener)
    swept(rig, bus=listener)

    assert sorted(kind for kind, _ in resources(listener)) == sorted(EVERYTHING)
    assert {e.data["resource"]["workflow_id"] for e in listener.heard} == {FORGOTTEN}
    assert len(report.items) < len(EVERYTHING)
    assert report.unreachable == ()
    assert notes(rig) == []


def test_what_was_told_just_before_the_kill_comes_again_under_its_id() -> None:
    rig, before, after = Rig(), Last(heard_it=True), Listener()
    forgotten(rig)
    killed(rig, before)

    swept(rig, bus=after)

    assert before.heard
    assert {event.id: event for event in before.heard}.items() <= {
        event.id: event for event in after.heard
    }.items()


@pytest.mark.parametrize("written", [False, True])
def test_what_it_removed_of_a_workflow_that_is_known_is_in_its_stream_once(
    *, written: bool
) -> None:
    rig = Rig()
    with_leftovers(rig)
    commit = rig.store.commit

    def commit_and_die(change: Change) -> None:
        if written:
            commit(change)
        raise Killed

    with pytest.MonkeyPatch.context() as ending:
        ending.setattr(rig.store, "commit", commit_and_die)
        killed(rig, Listener())

    report = swept(rig)

    assert report.items == ()
    (event,) = [each for each in rig.store.events(LEFT) if each.type == SWEPT]
    assert event.data["resource"]["kind"] == "manifest"
    assert event.sequence == rig.store.load(LEFT).workflow.version
    assert notes(rig) == []


@dataclass(frozen=True)
class Dies:
    """A part of the world at which a sweep is killed after its first removal."""

    part: Sweepable

    def find(self) -> Found:
        return self.part.find()

    def judge(self, saga: Saga | None, resources: Sequence[Resource]) -> Sequence[Resource]:
        return self.part.judge(saga, resources)

    def remove(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, str | None]]:
        yield from self.part.remove(resources[:1])
        raise Killed


def test_what_it_did_not_come_to_is_removed_by_the_next_one_and_told_once() -> None:
    rig, listener = Rig(), Listener()
    forgotten(rig)
    with rig.wired(), wiring.use(settings=Settings(registry="registry.test:5000/apps")):
        parts = {"cluster": Dies(wiring.managed_parts()["cluster"])}
        sweeper = Sweeper(Sweep(), rig.store, Machine(), parts, ME, Last(), rig.workspace)
        with pytest.raises(Killed):
            sweeper.run()

    report = swept(rig, bus=listener)

    assert sorted(kind for kind, _ in resources(listener)) == sorted(EVERYTHING)
    assert len(told(report)) == len(EVERYTHING) - 1


def test_what_the_bus_did_not_take_it_is_given_again_by_the_next_sweep() -> None:
    rig, listener = Rig(), Listener()
    forgotten(rig)
    swept(rig, bus=Listener(deaf=True))

    report = swept(rig, bus=listener)

    assert report.items == ()
    assert sorted(kind for kind, _ in resources(listener)) == sorted(EVERYTHING)


def test_a_part_that_is_out_of_reach_keeps_its_notes_and_a_dry_run_all() -> None:
    rig, listener = Rig(), Listener()
    forgotten(rig)
    swept(rig, bus=Listener(deaf=True))
    rig.images.away.add("registry.test:5000")

    swept(rig, bus=listener, dry_run=True)
    assert listener.heard == []
    swept(rig, bus=listener)
    assert "manifest" not in dict(resources(listener))
    rig.images.away.clear()
    swept(rig, bus=listener)

    assert sorted(kind for kind, _ in resources(listener)) == sorted(EVERYTHING)


def test_what_cannot_be_noted_is_not_removed() -> None:
    rig = Rig()
    with_leftovers(rig)
    before = rig.world(LEFT)

    def full(key: str, *_: object) -> None:
        raise Unavailable("storage_busy", f"cannot write {key}")

    with pytest.MonkeyPatch.context() as meanwhile:
        meanwhile.setattr(rig.workspace, "put", full)
        report = swept(rig)

    assert report.items == ()
    assert [(each.part, each.workflow_id) for each in report.unreachable] == [("registry", LEFT)]
    assert rig.world(LEFT) == before
