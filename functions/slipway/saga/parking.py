"""Parks an undo that keeps failing: records it with the task token that a decision completes."""

from collections.abc import Callable
from datetime import datetime

from slipway.saga import transitions
from slipway.saga.plan import Plan
from slipway.saga.state import Saga
from slipway.saga.store import Change, Store
from slipway.saga.update import update


def park(
    plan: Plan,
    store: Store,
    workflow_id: str,
    step: str,
    now: Callable[[], datetime],
    task_token: str | None = None,
    execution: str | None = None,
) -> bool:
    """Park the undo; returns whether a decision is needed. Idempotent; the newest token wins.

    Returns False if the undo has finished, although its function could not report that, or if
    another execution has taken over.
    """

    def is_over(saga: Saga) -> bool:
        record = saga.step(step, plan.number(step))
        ended = saga.workflow.status.is_terminal or record.undo_is_over
        return ended or saga.workflow.has_replaced(execution)

    def decide(saga: Saga) -> Change | None:
        record = saga.step(step, plan.number(step))
        again = task_token and record.undo and record.undo.task_token == task_token
        return (
            None if again or is_over(saga) else transitions.parked(saga, record, task_token, now())
        )

    return not is_over(update(store, workflow_id, decide))
