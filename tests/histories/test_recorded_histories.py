"""What an earlier version began is undone by this one, wherever it had got to, there or back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.faults.rig import Rig
from tests.faults.worlds import ME
from tests.histories.patches import packed, unpacked
from tests.histories.stand_ins import restored

from slipway.cqrs.fold import fold
from slipway.messages.events import Event
from slipway.messages.views import WorkflowView
from slipway.saga import Change, Saga, Status

Moment = dict[str, Any]
FILES = sorted(Path(__file__).parent.glob("*.json"))


def recorded() -> Iterator[Any]:
    for file in FILES:
        for world, history in json.loads(file.read_text(encoding="utf-8")).items():
            for moment in unpacked(history["moments"]):
                name = f"{file.stem}-{world}-{moment['moment'].replace(' ', '-')}"
                yield pytest.param(moment, history["before"], id=name)


@pytest.mark.parametrize(("moment", "before"), [*recorded()])
def test_what_an_earlier_version_began_is_undone(moment: Moment, before: dict[str, Any]) -> None:
    rig = rig_at(moment)
    rig.now += timedelta(hours=1)  # whatever undid it then has died

    with rig.wired():
        rig.driver().undo(ME, f"{ME}-undo-1")

    workflow = rig.store.load(ME).workflow
    assert workflow.status is Status.COMPENSATED, workflow.receipt
    assert rig.world(ME) == rig_in(before).world(ME)


@pytest.mark.parametrize("moment", [each.values[0] for each in recorded()])
def test_the_events_of_an_earlier_version_still_make_its_view(moment: Moment) -> None:
    view: WorkflowView | None = None
    for _, event in sorted(moment["events"].items()):
        view = fold(view, Event.model_validate(event))

    assert view is not None
    assert view.status == moment["saga"]["workflow"]["status"]
    assert view.version == moment["saga"]["workflow"]["version"]


def rig_in(world: dict[str, Any]) -> Rig:
    rig = Rig()
    restored(rig, world)
    return rig


def rig_at(moment: Moment) -> Rig:
    rig, saga = rig_in(moment["world"]), Saga.model_validate(moment["saga"])
    events = tuple(Event.model_validate(each) for _, each in sorted(moment["events"].items()))
    steps = tuple(saga.steps.values())
    rig.store.commit(Change(0, saga.workflow, steps, events, acquire_lock=saga.workflow.lock))
    return rig


def test_a_series_of_documents_is_packed_without_a_loss() -> None:
    series: list[dict[str, Any]] = [
        {"a": {"x": 1, "y": None}, "b": [1]},
        {"a": {"x": 1}, "b": [1, 2], "c": {}},
        {"a": {"x": {"deep": 0}}, "c": None},
    ]

    assert [*unpacked(packed(series))] == series
