"""Operator-initiated transitions (resolve, roll back) and queue admission."""

from dataclasses import replace
from datetime import datetime

from slipway.saga import transitions
from slipway.saga.recording import change
from slipway.saga.state import (
    Decision,
    Resolution,
    Rollback,
    Saga,
    Status,
    StepRecord,
    StepStatus,
    Undo,
    WorkflowFailure,
)
from slipway.saga.store import Change, Inbox

_AFTER_DECISION = {
    Decision.RETRY: StepStatus.UNDO_INTENT,
    Decision.SKIP: StepStatus.UNDO_SKIPPED,
    Decision.DONE: StepStatus.UNDONE,
}


def resolved(saga: Saga, step: StepRecord, resolution: Resolution, inbox: Inbox | None) -> Change:
    """Record an operator's decision. The task token stays on record: its task is still open."""
    now, again = resolution.decided_at, resolution.decision is Decision.RETRY
    status = _AFTER_DECISION[resolution.decision]
    undo = (step.undo or Undo(started_at=now)).evolve(
        status=status, resolution=resolution, finished_at=None if again else now
    )
    record = step.evolve(status=status, undo=undo)
    return change(saga, now, ["step.resolved"], record, inbox=inbox, status=Status.COMPENSATING)


def rollback_requested(saga: Saga, rollback: Rollback, inbox: Inbox | None) -> Change:
    """Start undoing a completed workflow, and acquire the lock of its target for that.

    Committing raises TargetLocked, or Superseded if the target has a newer deployment.
    """
    begun = transitions.undo_requested(saga, rollback.reason, rollback.requested_at)
    turned = change(
        Saga(workflow=begun.workflow, steps=saga.steps),
        rollback.requested_at,
        ["workflow.compensating"],
        inbox=inbox,
        status=Status.COMPENSATING,
        rollback=rollback,
        error=WorkflowFailure(step=None, code="rollback_requested", message=rollback.reason),
    )
    return replace(
        turned,
        expected_version=begun.expected_version,
        events=(*begun.events, *turned.events),
        acquire_lock=saga.workflow.lock,
        takes_back=True,
    )


def admitted(saga: Saga, now: datetime) -> Change:
    """Admit a queued workflow: it leaves the queue and acquires the lock of its target."""
    return replace(
        change(saga, now, ["workflow.admitted"], waits_for=None), acquire_lock=saga.workflow.lock
    )
