"""If a later step still needs undoing, request a full undo execution instead of this undo."""

from datetime import datetime

from slipway.saga import transitions
from slipway.saga.plan import Plan
from slipway.saga.state import Saga
from slipway.saga.store import Change


def full_undo_requested(plan: Plan, saga: Saga, step: str, now: datetime) -> Change | None:
    """The request, at most once per workflow; None if no later step needs undoing.

    A later step may have acted without an undo if the execution was started over one that had come
    further, or if neither its undo nor the parking could be recorded.
    """
    if saga.workflow.is_over or saga.workflow.execution:
        return None
    later = (saga.steps.get(each.name) for each in plan.steps[plan.number(step) :])
    if not any(record and record.needs_undo and not record.undo for record in later):
        return None
    return transitions.undo_requested(saga, "a later step still needs undoing", now)
