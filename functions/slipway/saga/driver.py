"""Drives a saga inside this process: for `Sagas`, tests and fault injection.

Follows the states of the rendered state machine, except that waiting for another execution's undo
lease (UndoInFlight) counts as a retry; `slipway.saga.in_process` adds the separate wait.
"""

from collections.abc import Callable, Mapping

from slipway.saga.endings import Endings
from slipway.saga.errors import Unavailable, Undoing
from slipway.saga.plan import Plan, Step
from slipway.saga.state import Decision
from slipway.saga.step import Behaviour, RunsSteps
from slipway.saga.task_callbacks import TaskCallbacks

_ENDING_RETRIES = 5
_LAST_WORD_RETRIES = 20


class InProcessDriver:
    """`between_tries(tries)` is called between attempts, in place of a backoff.

    `callbacks` holds the tasks of steps whose work continues outside; the runner completes them.
    """

    def __init__(
        self,
        plan: Plan,
        runner: RunsSteps,
        behaviours: Mapping[str, Behaviour],
        endings: Endings,
        between_tries: Callable[[int], None] = lambda _tries: None,
        callbacks: TaskCallbacks | None = None,
    ) -> None:
        self._plan = plan
        self._runner = runner
        self._behaviours = behaviours
        self._endings = endings
        self._between_tries = between_tries
        self._callbacks = callbacks

    def run(self, workflow_id: str, execution: str | None = None) -> None:
        execution = execution or workflow_id
        for step in self._plan.forward:
            try:
                self._execute(step, workflow_id)
            except Undoing:  # an execution that died may have started later steps
                self.undo(workflow_id, execution)
                return
            except Exception:  # noqa: BLE001  (States.ALL, as in the state machine)
                begun = self._plan.steps[: self._plan.number(step.name)]
                self.undo(workflow_id, execution, begun)
                return
        try:
            self._retry(_ENDING_RETRIES, lambda: self._endings.complete(workflow_id, execution))
        except Exception:  # noqa: BLE001  (States.ALL: undo on any error)
            self.undo(workflow_id, execution, self._plan.steps)

    def undo(self, workflow_id: str, execution: str, steps: tuple[Step, ...] | None = None) -> None:
        for step in reversed(self._plan.steps if steps is None else steps):
            while not self._compensated(step, workflow_id, execution):
                if self._parked(step, workflow_id, execution) != Decision.RETRY:
                    break
        try:
            self._retry(_ENDING_RETRIES, lambda: self._endings.settle(workflow_id, execution))
        except Exception:  # noqa: BLE001  (States.ALL: record an unverified receipt)
            self._retry(
                _LAST_WORD_RETRIES,
                lambda: self._endings.settle_unverified(workflow_id, execution),
                on=Exception,
            )

    def _parked(self, step: Step, workflow_id: str, execution: str) -> str | None:
        decided: list[str | None] = []
        try:
            self._retry(
                _ENDING_RETRIES,
                lambda: decided.append(self._endings.park(step.name, workflow_id, execution)),
            )
        except Exception:  # noqa: BLE001  (States.ALL: the other undos still run)
            return None
        return decided[-1]

    def _execute(self, step: Step, workflow_id: str) -> None:
        self._retry(step.retries, lambda: self._attempt(step, workflow_id))

    def _attempt(self, step: Step, workflow_id: str) -> None:
        behaviour, callbacks = self._behaviours[step.name], self._callbacks
        if callbacks is None or step.waits_s is None:
            self._runner.execute(behaviour, workflow_id)
            return
        token = callbacks.token()
        self._runner.execute(behaviour, workflow_id, token)
        callbacks.wait(token, workflow_id)

    def _compensated(self, step: Step, workflow_id: str, execution: str) -> bool:
        behaviour = self._behaviours[step.name]
        try:
            self._retry(
                step.undo_retries,
                lambda: self._runner.compensate(behaviour, workflow_id, execution),
                on=Exception,  # an undo is retried on any error
            )
        except Exception:  # noqa: BLE001  (States.ALL, as in the state machine)
            return False
        return True

    def _retry(
        self, retries: int, call: Callable[[], None], on: type[Exception] = Unavailable
    ) -> None:
        for tries in range(1, retries + 1):
            try:
                call()
            except on:
                self._between_tries(tries)
            else:
                return
        call()
