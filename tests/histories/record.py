"""Record what the write table and the world hold at every moment of a workflow of this version.

python -m tests.histories.record    writes tests/histories/<definition version>.json, and the
                                    moments of its way back into <definition version>-undo.json

To be run once, when a version is released; what it wrote is never written again.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.rig import Rig
from tests.faults.stages import ROLLBACK, sabotaged
from tests.faults.worlds import ME, WORLDS
from tests.histories.patches import packed
from tests.histories.stand_ins import described

from slipway.saga import Behaviour
from slipway.saga.state import Status
from slipway.saga.testing import Fault
from steps import PLAN

HERE = Path(__file__).parent
RECORDED = ("older", "private")
PARKED = ("deploy_application", "push_image")
Moment = dict[str, Any]


class Recorder:
    """A runner that takes a picture after every effect, and again when the effect is on record."""

    def __init__(self, rig: Rig) -> None:
        self._rig, self.moments = rig, list[Moment]()

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        def acting(*args: Any, **ports: Any) -> Any:
            outcome = behaviour.execute(*args, **ports)
            self.picture(f"{behaviour.name} acted")
            return outcome

        self._rig.runner.execute(replace(behaviour, execute=acting), workflow_id, task_token)
        self.picture(f"{behaviour.name} done")

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        self._rig.runner.resume(behaviour, workflow_id)

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        def acting(*args: Any, **ports: Any) -> None:
            behaviour.compensate(*args, **ports)
            self.picture(f"{behaviour.name} taken back")

        if self._rig.store.load(ME).workflow.status is Status.PARKED:
            self.picture(f"parked before {behaviour.name}")
        planned = replace(behaviour, compensate=acting)
        self._rig.runner.compensate(planned, workflow_id, execution)
        self.picture(f"{behaviour.name} undone")

    def picture(self, moment: str) -> None:
        saga, events = self._rig.store.load(ME), self._rig.store.events(ME)
        self.moments.append(
            {
                "moment": moment,
                "saga": saga.model_dump(mode="json"),
                "events": {
                    f"{event.sequence:03}": event.model_dump(mode="json") for event in events
                },
                "world": described(self._rig),
            }
        )


def recorded(world: str) -> dict[str, Any]:
    before, moments = _played(world)
    return {"before": before, "moments": packed(moments)}


def recorded_back(world: str) -> dict[str, Any]:
    """Half-undone, at every moment; and parked, as one of these undos never works."""
    before, moments = _played(world, ROLLBACK)
    back = [moment for moment in moments if _is_back(moment, Status.COMPENSATING)]
    for step in PARKED:
        _, moments = _played(world, ROLLBACK, Fault(step, "unavailable", "before", "compensate"))
        back.append(next(moment for moment in moments if _is_back(moment, Status.PARKED)))
    return {"before": before, "moments": packed(back)}


def _is_back(moment: Moment, status: Status) -> bool:
    return bool(moment["saga"]["workflow"]["status"] == status)


def _played(world: str, *faults: Fault) -> tuple[dict[str, Any], list[Moment]]:
    rig = Rig()
    request = WORLDS[world](rig)
    before = described(rig)
    recorder = Recorder(rig)
    rig.submit(ME, **request)
    recorder.picture("requested")
    saga = rig.run(ME, sabotaged(recorder, faults, None))
    assert (saga.workflow.status is Status.COMPLETED) is not bool(faults), saga.workflow.error
    return before, recorder.moments


def _write(name: str, record: Callable[[str], dict[str, Any]]) -> None:
    told = {world: record(world) for world in RECORDED}
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    names = {f"{PLAN.version}.json": recorded, f"{PLAN.version}-undo.json": recorded_back}
    missing = {name: record for name, record in names.items() if not (HERE / name).exists()}
    if not missing:
        raise SystemExit(f"{' and '.join(names)} are there: raise the plan's version first")
    for name, record in missing.items():
        _write(name, record)
