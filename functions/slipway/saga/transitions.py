"""The state transitions of a saga: pure functions from the loaded state to one transaction."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slipway.saga.execution_names import undo_execution
from slipway.saga.outcome import Outcome
from slipway.saga.recording import HEADER, event_of
from slipway.saga.recording import change as _change
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


def requested(
    workflow: WorkflowRecord,
    inbox: Inbox | None,
    steps: Sequence[str] = (),
) -> Change:
    """The first transaction of a workflow; also acquires its target's lock or joins the queue.

    `steps` are the names of the plan's steps, published so that read models can list pending ones.
    """
    fields = workflow.model_dump(
        mode="json",
        include={"definition", "definition_version", "request", "owner", "session_id", "created_at"}
        | HEADER,
    )
    after = workflow.evolve(version=1)
    fields["steps"] = list(steps)
    fields |= {"defaults": workflow.defaults} if workflow.defaults else {}
    fields |= {"world": workflow.world} if workflow.world else {}
    event = event_of(after, 1, "workflow.requested", workflow.created_at, {"workflow": fields})
    change = Change(0, after, (), (event,), inbox, within_session=workflow.session_id)
    if workflow.waits_for:
        return replace(change, join_queue=workflow.lock)
    return replace(change, acquire_lock=workflow.lock)


def cancel_requested(saga: Saga, cancel: Cancel, inbox: Inbox | None) -> Change:
    return _change(
        saga, cancel.requested_at, ["workflow.cancel_requested"], inbox=inbox, cancel=cancel
    )


def intended(
    saga: Saga,
    step: StepRecord,
    intent: Mapping[str, Any],
    now: datetime,
    task_token: str | None = None,
) -> Change:
    """Record INTENT before the step acts: its undo will need `intent`. Retries pass the first one.

    `task_token` is that of the latest attempt; the task is completed with it when the work has
    ended.
    """
    record = step.evolve(
        status=StepStatus.INTENT,
        attempts=step.attempts + 1,
        intent=intent,
        error=None,
        started_at=step.started_at or now,
        task_token=task_token,
    )
    first = saga.workflow.status is Status.REQUESTED
    events = ["workflow.started"] if first else []
    return _change(saga, now, [*events, "step.started"], record, hold=True, status=Status.RUNNING)


def undo_requested(saga: Saga, reason: str, now: datetime) -> Change:
    """Put a new, undo-only execution in charge; the relay starts it on this event."""
    execution = undo_execution(saga.workflow.workflow_id, saga.workflow.version + 1)
    change = _change(saga, now, ["workflow.undo_requested"], execution=execution)
    event = change.events[0].model_copy(
        update={"data": {"undo": {"execution": execution, "reason": reason}}}
    )
    return replace(change, events=(event,))


def done(saga: Saga, step: StepRecord, outcome: Outcome, now: datetime) -> Change:
    record = step.evolve(
        status=StepStatus.DONE,
        created=outcome.created,
        adopted=outcome.adopted,
        outputs=deepcopy(dict(outcome.outputs)),
        finished_at=now,
    )
    return _change(saga, now, ["step.completed", *outcome.announces], record)


def attempt_failed(saga: Saga, step: StepRecord, failure: Failure, now: datetime) -> Change:
    """An attempt failed and may be retried: keep the error and leave the status unchanged."""
    record = step.evolve(error=failure)
    return _change(saga, now, ["step.attempt_failed"], record)


def failed(saga: Saga, step: StepRecord, failure: Failure, now: datetime) -> Change:
    """Fail the step and start compensating: after this transaction the saga only undoes."""
    record = step.evolve(status=StepStatus.FAILED, error=failure, finished_at=now)
    return _turn(saga, now, failure, record, ["step.failed"])


def turned_by(
    saga: Saga, record: StepRecord, now: datetime, cause: Failure | None = None
) -> Change:
    """Start compensating for a step that did not record its own failure, or did not fail.

    `cause`: why the workflow as a whole is undone, if known.
    """
    if record.error:
        return failed(saga, record, record.error, now)
    if record.status is StepStatus.INTENT and not saga.workflow.cancel:
        died = f"{record.name} stopped without reporting a result: timed out or killed"
        return failed(saga, record, Failure(code="interrupted", message=died), now)
    return turned(saga, now, cause)


def turned(saga: Saga, now: datetime, cause: Failure | None = None) -> Change:
    """Start compensating although no step failed: for `cause`, a cancel, or a stop from outside."""
    if cancel := saga.workflow.cancel:
        cause = Failure(code="cancelled", message=cancel.reason)
    stopped = Failure(code="interrupted", message="stopped externally")
    return _turn(saga, now, cause or stopped, None, [])


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
    """Raise the fence and take the lease: a late attempt that sees the fence undoes its effect."""
    holder, term = lease
    undo = step.undo or Undo(started_at=now)
    record = step.evolve(
        status=StepStatus.UNDO_INTENT,
        undo=undo.evolve(status=StepStatus.UNDO_INTENT, attempts=undo.attempts + 1),
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
    undo = (step.undo or Undo(started_at=now)).evolve(
        status=status, finished_at=now, error=None, task_token=None
    )
    return _change(saga, now, [event], step.evolve(status=status, undo=undo))


def undo_failed(saga: Saga, step: StepRecord, failure: Failure, now: datetime) -> Change:
    """Record the error. The undo is retried, and parked when its retries are exhausted."""
    undo = (step.undo or Undo(started_at=now)).evolve(error=failure)
    return _change(saga, now, ["step.undo_failed"], step.evolve(undo=undo))


def parked(saga: Saga, step: StepRecord, task_token: str | None, now: datetime) -> Change:
    undo = (step.undo or Undo(started_at=now)).evolve(
        status=StepStatus.UNDO_PARKED, task_token=task_token, resolution=None
    )
    record = step.evolve(status=StepStatus.UNDO_PARKED, undo=undo)
    return _change(saga, now, ["workflow.parked"], record, status=Status.PARKED)


def completed(saga: Saga, now: datetime) -> Change:
    return _change(saga, now, ["workflow.completed"], status=Status.COMPLETED, release=True)


def settled(saga: Saga, receipt: Receipt, now: datetime) -> Change:
    """Finish the undo: COMPENSATED, and rolled back, only if the receipt has no leftovers."""
    status = Status.COMPENSATED if receipt.clean else Status.COMPENSATED_WITH_LEFTOVERS
    asked = ["workflow.rolled_back"] if saga.workflow.rollback and receipt.clean else []
    return _change(
        saga,
        now,
        [f"workflow.{status.lower()}", *asked],
        status=status,
        receipt=receipt,
        lease=None,
        release=True,
    )


def swept(saga: Saga, resources: Sequence[Mapping[str, str]], now: datetime) -> Change:
    """One event per resource that a sweep found after the end and removed."""
    change = _change(saga, now, ["resource.swept"] * len(resources))
    events = (
        event.model_copy(update={"data": {"resource": dict(resource)}})
        for event, resource in zip(change.events, resources, strict=True)
    )
    return replace(change, events=tuple(events))
