"""An undo that keeps failing is parked: on record, with the token that a decision answers."""

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
    """Whether there is something to wait for. Parking twice is parking once, the newer token wins.

    An undo may be over although its function could not say so: then nobody is asked. Nor is
    anybody when another execution is in charge by now.
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
