"""Record what the write table and the world hold at every moment of a workflow of this version.

python -m tests.histories.record    writes tests/histories/<definition version>.json

To be run once, when a version is released; what it wrote is never written again.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.rig import Rig
from tests.faults.worlds import ME, WORLDS
from tests.histories.patches import packed
from tests.histories.stand_ins import described

from slipway.saga import Behaviour
from slipway.saga.state import Status
from steps import PLAN

HERE = Path(__file__).parent
RECORDED = ("older", "private")
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
        self._rig.runner.compensate(behaviour, workflow_id, execution)

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
    rig = Rig()
    request = WORLDS[world](rig)
    before = described(rig)
    recorder = Recorder(rig)
    rig.submit(ME, **request)
    recorder.picture("requested")
    saga = rig.run(ME, recorder)
    assert saga.workflow.status is Status.COMPLETED, saga.workflow.error
    return {"before": before, "moments": packed(recorder.moments)}


if __name__ == "__main__":
    told = {world: recorded(world) for world in RECORDED}
    path = HERE / f"{PLAN.version}.json"
    if path.exists():
        raise SystemExit(f"{path.name} is there: raise the plan's version first")
    path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
