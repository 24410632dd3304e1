"""One step at a time, in the world in memory of the fault tests."""

import pytest
from tests.faults.rig import BEHAVIOURS, Rig

from slipway.saga import StepRecord
from slipway.saga.testing import Died, Fault, Saboteur
from steps import PLAN

ME = "wf_bbbbbbbbbbbbbbbbbbbbbbbb"


class Bench(Rig):
    """`begin` does what comes before a step; `do` and `undo` run it, each as one attempt."""

    def begin(self, step: str, workflow_id: str = ME, **request: object) -> None:
        self.submit(workflow_id, **request)
        for earlier in PLAN.steps[: PLAN.number(step) - 1]:
            self.do(earlier.name, workflow_id)

    def do(self, step: str, workflow_id: str = ME) -> StepRecord:
        """Raises what the step raises."""
        with self.wired():
            self.runner.execute(BEHAVIOURS[step], workflow_id)
        return self.record(step, workflow_id)

    def do_and_die(self, step: str, *, after_call: int) -> None:
        """The process is gone after that call of a port."""
        death = Fault(step, "killed", "after", call=after_call)
        with self.wired(), pytest.raises(Died):
            Saboteur(self.runner, death).execute(BEHAVIOURS[step], ME)

    def undo(self, step: str, workflow_id: str = ME) -> StepRecord:
        with self.wired():
            self.runner.compensate(BEHAVIOURS[step], workflow_id, "run-1")
        return self.record(step, workflow_id)

    def record(self, step: str, workflow_id: str = ME) -> StepRecord:
        return self.store.load(workflow_id).step(step, PLAN.number(step))

    def keys(self, step: str) -> set[str]:
        prefix = f"workflows/{ME}/{step}/"
        return {key.removeprefix(prefix) for key in self.workspace.keys(prefix)}
