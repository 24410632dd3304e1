"""What people ask of a workflow that is there, and its turn on a target: each one transaction."""

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
    """An operator's decision. The token stays in the record until it has been answered."""
    now, again = resolution.decided_at, resolution.decision is Decision.RETRY
    status = _AFTER_DECISION[resolution.decision]
    undo = (step.undo or Undo(started_at=now)).model_copy(
        update={
            "status": status,
            "resolution": resolution,
            "finished_at": None if again else now,
        }
    )
    record = step.model_copy(update={"status": status, "undo": undo})
    return change(saga, now, ["step.resolved"], record, inbox=inbox, status=Status.COMPENSATING)


def rollback_requested(saga: Saga, rollback: Rollback, inbox: Inbox | None) -> Change:
    """Of a completed workflow: from here on it undoes, under the lock of its target.

    Raises nothing itself; the store refuses when a newer deployment stands there.
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
    """Its turn has come: it leaves the queue, takes the target and tells so."""
    return replace(
        change(saga, now, ["workflow.admitted"], waits_for=None), acquire_lock=saga.workflow.lock
    )
