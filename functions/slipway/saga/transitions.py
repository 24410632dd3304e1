"""Every change of a saga: a pure function from what was loaded to one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from slipway.messages.events import Event
from slipway.saga.outcome import Outcome
from slipway.saga.state import (
    Cancel,
    Failure,
    Lease,
    Receipt,
    Saga,
    Status,
    StepRecord,
    StepStatus,
    Undo,
    WorkflowFailure,
    WorkflowRecord,
)
from slipway.saga.store import Change, Inbox

_HEADER = {"status", "error", "cancel", "receipt", "rehearsal"}


def requested(
    workflow: WorkflowRecord,
    inbox: Inbox | None,
    steps: Sequence[str] = (),
) -> Change:
    """The first transaction of a workflow; it also takes the lock of its target.

    `steps` are the names of the plan's steps, told so that a view can list those to come.
    """
    told = workflow.model_dump(
        mode="json",
        include={"definition", "definition_version", "request", "owner", "session_id", "created_at"}
        | _HEADER,
    )
    after = workflow.model_copy(update={"version": 1})
    told["steps"] = list(steps)
    event = _event(after, 1, "workflow.requested", workflow.created_at, {"workflow": told})
    return Change(0, after, (), (event,), inbox, acquire_lock=workflow.lock)


def cancel_requested(saga: Saga, cancel: Cancel, inbox: Inbox | None) -> Change:
    return _change(
        saga, cancel.requested_at, ["workflow.cancel_requested"], inbox=inbox, cancel=cancel
    )


def intended(saga: Saga, step: StepRecord, intent: Mapping[str, Any], now: datetime) -> Change:
    """INTENT: what the undo will need is on record before the step acts. The first one stays."""
    record = step.model_copy(
        update={
            "status": StepStatus.INTENT,
            "attempts": step.attempts + 1,
            "intent": intent,
            "error": None,
            "started_at": step.started_at or now,
        }
    )
    first = saga.workflow.status is Status.REQUESTED
    events = ["workflow.started"] if first else []
    return _change(saga, now, [*events, "step.started"], record, status=Status.RUNNING)


def done(saga: Saga, step: StepRecord, outcome: Outcome, now: datetime) -> Change:
    record = step.model_copy(
        update={
            "status": StepStatus.DONE,
            "created": outcome.created,
            "adopted": outcome.adopted,
            "outputs": dict(outcome.outputs),
            "finished_at": now,
        }
    )
    return _change(saga, now, ["step.completed", *outcome.announces], record)


def attempt_failed(saga: Saga, step: StepRecord, failure: Failure, now: datetime) -> Change:
    """A try failed and the next one may come: the step stays at INTENT, the reason is kept."""
    record = step.model_copy(update={"error": failure})
    return _change(saga, now, ["step.attempt_failed"], record)


def failed(saga: Saga, step: StepRecord, failure: Failure, now: datetime) -> Change:
    """The saga turns: from this transaction on it only undoes."""
    record = step.model_copy(
        update={"status": StepStatus.FAILED, "error": failure, "finished_at": now}
    )
    return _turn(saga, now, failure, record, ["step.failed"])


def turned(saga: Saga, now: datetime) -> Change:
    """Undoing begins although no step failed: a cancel, or a rollback on request."""
    cancel = saga.workflow.cancel
    code, why = ("cancelled", cancel.reason) if cancel else ("interrupted", "stopped from outside")
    return _turn(saga, now, Failure(code=code, message=why), None, [])


def _turn(
    saga: Saga, now: datetime, failure: Failure, record: StepRecord | None, events: list[str]
) -> Change:
    cause = WorkflowFailure(
        step=record.name if record else None, **failure.model_dump(exclude={"clean"})
    )
    return _change(
        saga,
        now,
        [*events, "workflow.compensating"],
        record,
        status=Status.COMPENSATING,
        error=saga.workflow.error or cause,
    )


def undo_intended(
    saga: Saga, step: StepRecord, lease: tuple[str, timedelta], now: datetime
) -> Change:
    """The fence: a late attempt of the step that still runs finds this and undoes itself."""
    holder, term = lease
    undo = step.undo or Undo(started_at=now)
    record = step.model_copy(
        update={
            "status": StepStatus.UNDO_INTENT,
            "undo": undo.model_copy(
                update={"status": StepStatus.UNDO_INTENT, "attempts": undo.attempts + 1}
            ),
        }
    )
    return _change(
        saga,
        now,
        ["step.undoing"],
        record,
        status=Status.COMPENSATING,
        lease=Lease(holder=holder, expires_at=now + term),
    )


def undone(saga: Saga, step: StepRecord, now: datetime) -> Change:
    return _undo_ended(saga, step, StepStatus.UNDONE, "step.undone", now)


def kept(saga: Saga, step: StepRecord, now: datetime) -> Change:
    return _undo_ended(saga, step, StepStatus.KEPT, "step.kept", now)


def _undo_ended(
    saga: Saga, step: StepRecord, status: StepStatus, event: str, now: datetime
) -> Change:
    undo = (step.undo or Undo(started_at=now)).model_copy(
        update={"status": status, "finished_at": now, "error": None, "task_token": None}
    )
    return _change(saga, now, [event], step.model_copy(update={"status": status, "undo": undo}))


def undo_failed(saga: Saga, step: StepRecord, failure: Failure, now: datetime) -> Change:
    """Keep the reason; the undo is tried again, and parked when the tries run out."""
    undo = (step.undo or Undo(started_at=now)).model_copy(update={"error": failure})
    return _change(saga, now, ["step.undo_failed"], step.model_copy(update={"undo": undo}))


def parked(saga: Saga, step: StepRecord, task_token: str | None, now: datetime) -> Change:
    undo = (step.undo or Undo(started_at=now)).model_copy(
        update={"status": StepStatus.UNDO_PARKED, "task_token": task_token}
    )
    record = step.model_copy(update={"status": StepStatus.UNDO_PARKED, "undo": undo})
    return _change(saga, now, ["workflow.parked"], record, status=Status.PARKED)


def completed(saga: Saga, now: datetime) -> Change:
    return _change(saga, now, ["workflow.completed"], status=Status.COMPLETED, release=True)


def settled(saga: Saga, receipt: Receipt, now: datetime) -> Change:
    """The end of a rollback. Only an empty receipt may be called compensated."""
    status = Status.COMPENSATED if receipt.clean else Status.COMPENSATED_WITH_LEFTOVERS
    return _change(
        saga,
        now,
        [f"workflow.{status.lower()}"],
        status=status,
        receipt=receipt,
        lease=None,
        release=True,
    )


def _change(
    saga: Saga,
    now: datetime,
    types: list[str],
    record: StepRecord | None = None,
    *,
    inbox: Inbox | None = None,
    release: bool = False,
    **header: Any,
) -> Change:
    before = saga.workflow
    version = before.version + len(types)
    after = before.model_copy(update={**header, "version": version, "updated_at": now})
    data = {kind: _data(kind, after, header, record) for kind in types}
    events = tuple(
        _event(after, sequence, kind, now, data[kind])
        for sequence, kind in enumerate(types, start=before.version + 1)
    )
    steps = (record,) if record else ()
    lock = before.lock if release else None
    return Change(before.version, after, steps, events, inbox, release_lock=lock)


def _data(
    kind: str, after: WorkflowRecord, header: Mapping[str, Any], record: StepRecord | None
) -> dict[str, Any]:
    """Every event tells its part of the change, so that folding all of them gives the view."""
    told: dict[str, Any] = {
        "workflow": after.model_dump(mode="json", include=_HEADER & header.keys())
    }
    if record and (not kind.startswith("workflow.") or kind == "workflow.parked"):
        # What only the undo needs (and a task token, which is a key) stays in the write table.
        told["step"] = record.model_dump(
            mode="json", exclude={"intent": True, "undo": {"task_token"}}
        )
    return told


def _event(
    workflow: WorkflowRecord, sequence: int, kind: str, now: datetime, data: Mapping[str, Any]
) -> Event:
    return Event(
        workflow_id=workflow.workflow_id,
        sequence=sequence,
        type=f"slipway.{kind}",
        time=now,
        owner=workflow.owner,
        correlation_id=workflow.workflow_id,
        data=data,
    )
