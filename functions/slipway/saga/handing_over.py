"""An undo that would come too early gives its workflow to an execution that undoes everything."""

from datetime import datetime

from slipway.saga import transitions
from slipway.saga.plan import Plan
from slipway.saga.state import Saga
from slipway.saga.store import Change


def handed_over(plan: Plan, saga: Saga, step: str, now: datetime) -> Change | None:
    """Once, when a step behind this one was passed over; None when all is in order.

    It may have acted, and nobody has begun to undo it: the execution was started over one that had
    come farther, or neither that undo nor its parking could be recorded.
    """
    if saga.workflow.is_over or saga.workflow.execution:
        return None
    later = (saga.steps.get(each.name) for each in plan.steps[plan.number(step) :])
    if not any(record and record.needs_undo and not record.undo for record in later):
        return None
    return transitions.undo_requested(saga, "a later step was passed over", now)
