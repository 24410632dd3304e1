"""Builds the transaction that writes a change of a saga together with its events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slipway.messages.events import Event
from slipway.saga.state import Saga, StepRecord, WorkflowRecord
from slipway.saga.store import Change, Inbox

HEADER = {"status", "error", "cancel", "rollback", "receipt", "rehearsal", "waits_for"}
"""The workflow fields that an event carries if they changed."""


def change(
    saga: Saga,
    now: datetime,
    types: list[str],
    record: StepRecord | None = None,
    *,
    inbox: Inbox | None = None,
    release: bool = False,
    hold: bool = False,
    **header: Any,
) -> Change:
    before = saga.workflow
    version = before.version + len(types)
    after = before.evolve(**header, version=version, updated_at=now)
    data = {kind: _data(kind, after, header, record) for kind in types}
    events = tuple(
        event_of(after, sequence, kind, now, data[kind])
        for sequence, kind in enumerate(types, start=before.version + 1)
    )
    return Change(
        before.version,
        after,
        (record,) if record else (),
        events,
        inbox,
        release_lock=before.lock if release else None,
        holds_lock=before.lock if hold else None,
    )


def _data(
    kind: str, after: WorkflowRecord, header: Mapping[str, Any], record: StepRecord | None
) -> dict[str, Any]:
    """The event's data. Folding the data of all events gives the read model."""
    data: dict[str, Any] = {
        "workflow": after.model_dump(mode="json", include=HEADER & header.keys())
    }
    if record and (not kind.startswith("workflow.") or kind == "workflow.parked"):
        data["step"] = published_step(record)
    return data


def published_step(record: StepRecord) -> dict[str, Any]:
    """The published part of a step: without its intent and task tokens, which are credentials."""
    return record.model_dump(
        mode="json", exclude={"intent": True, "task_token": True, "undo": {"task_token"}}
    )


def event_of(
    workflow: WorkflowRecord, sequence: int, kind: str, now: datetime, data: Mapping[str, Any]
) -> Event:
    return Event(
        subject=workflow.workflow_id,
        sequence=sequence,
        type=f"slipway.{kind}",
        time=now,
        owner=workflow.owner,
        correlation_id=workflow.workflow_id,
        data=data,
    )
