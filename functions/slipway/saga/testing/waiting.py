"""Steps that wait for outside work: the wait happens inside the attempt, on every driver.

While a step waits, time passes in the world and the step is polled, as by events and a schedule. A
failing look is repeated; without a heartbeat the task times out.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count

from slipway.saga.plan import Plan
from slipway.saga.step import Behaviour, RunsSteps
from slipway.saga.store import Store
from slipway.saga.task_callbacks import TaskCallbacks
from slipway.saga.testing.diary import Diary, Noted
from slipway.saga.testing.subject import Subject, World

_LOOKS = 3
"""How often a failing look is attempted before the missing heartbeat ends the task."""
_MOST_WAITS = 50


class Waiting:
    """A runner for drivers without task tokens. `tired` is a step whose work never ends.

    A duplicate delivery passes the token of the first one, and does not wait.
    """

    def __init__(
        self,
        plan: Plan,
        runner: RunsSteps,
        callbacks: TaskCallbacks,
        pass_time: Callable[[str], None],
    ) -> None:
        self._waits = {step.name for step in plan.forward if step.waits_s is not None}
        self._runner, self._callbacks, self._pass_time = runner, callbacks, pass_time
        self.tired: str | None = None

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        if behaviour.name not in self._waits or task_token:
            self._runner.execute(behaviour, workflow_id, task_token)
            return
        token, waits = self._callbacks.token(), count(1)
        self._runner.execute(behaviour, workflow_id, token)

        def meanwhile(_workflow_id: str) -> None:
            if next(waits) > _MOST_WAITS:
                self.tired = behaviour.name
                return
            self._pass_time(behaviour.name)
            self._look(behaviour, workflow_id, token)

        self._callbacks.wait(token, workflow_id, meanwhile)

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        self._runner.resume(behaviour, workflow_id)

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        self._runner.compensate(behaviour, workflow_id, execution)

    def look_once_more(self, behaviours: Mapping[str, Behaviour], workflow_id: str) -> None:
        """Poll after the execution has ended, as outside work may still be running."""
        for step in self._waits:
            self._pass_time(step)
            with suppress(Exception):  # the task has ended, so no caller is left
                self._runner.resume(behaviours[step], workflow_id)

    def _look(self, behaviour: Behaviour, workflow_id: str, token: str) -> None:
        for _ in range(_LOOKS):
            with suppress(Exception):  # recorded, and reported to the task
                self._runner.resume(behaviour, workflow_id)
                return
            if self._callbacks.has_result(token):
                return


def waiting(
    subject: Subject, world: World, store: Store, now: Callable[[], datetime], diary: Diary
) -> Waiting:
    """Wrap the subject's runner, which is given `tasks` only if steps of the plan wait."""
    callbacks = TaskCallbacks()
    tasks = {"tasks": lambda: callbacks} if any(step.waits_s for step in subject.plan) else {}

    def pass_time(step: str) -> None:
        if meanwhile := getattr(world, "meanwhile", None):
            with diary.outside(step):
                meanwhile()

    noted = Noted(subject.runner(subject.plan, store, now, **tasks), diary)
    return Waiting(subject.plan, noted, callbacks, pass_time)
