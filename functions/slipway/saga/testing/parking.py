"""The person whom an undo waits for, and who answers at once, or never."""

from collections.abc import Callable
from datetime import datetime

from slipway.saga import transitions
from slipway.saga.plan import Plan
from slipway.saga.state import Saga, StepStatus
from slipway.saga.store import Change, Store
from slipway.saga.update import update

_OVER = {StepStatus.UNDONE, StepStatus.KEPT}


class Waits(BaseException):
    """Nobody answers for the time being: the execution stands still, and the test goes on."""


def park(
    plan: Plan, store: Store, step: str, workflow_id: str, now: Callable[[], datetime]
) -> None:
    """An undo that is over although its function could not say so is not parked."""

    def decide(saga: Saga) -> Change | None:
        record = saga.step(step, plan.number(step))
        if saga.workflow.status.is_terminal or record.status in _OVER:
            return None
        return transitions.parked(saga, record, None, now())

    update(store, workflow_id, decide)
