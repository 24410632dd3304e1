"""Convert records to items of the write table and back, in the SDK's low-level form."""

import math
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, DecimalException
from typing import Any
from zlib import crc32

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import BaseModel

from slipway.messages.events import Event, Kind
from slipway.saga.errors import Rejected
from slipway.saga.state import Saga, StepRecord, WorkflowRecord
from slipway.saga.store import Inbox, TargetLock

Item = dict[str, Any]
MAX_ITEM_BYTES = 400 * 1024
WORKFLOW_SK = "WORKFLOW"
STEP_PREFIX = "STEP#"
EVENT_PREFIX = "EVENT#"
LAST_EVENT_SK = EVENT_PREFIX + "9" * 6
_INTEGER_LIMIT = 10**38  # DynamoDB stores 38 digits
OPEN = "open"
"""Partition key of the sparse index of open workflows; finished ones do not have it."""
OPEN_SHARDS = tuple(f"open#{number}" for number in range(8))
_KEYS = ("pk", "sk", OPEN)
_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def workflow_pk(workflow_id: str) -> str:
    return f"workflow#{workflow_id}"


def events_pk(kind: Kind, subject: str) -> str:
    """Return the partition of a subject's events, which also holds its current-state item."""
    return f"{kind}#{subject}"


def event_sk(sequence: int) -> str:
    return f"{EVENT_PREFIX}{sequence:06d}"


def key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def inbox_key(idempotency_key: str) -> Item:
    return key(f"command#{idempotency_key}", "INBOX")


def lock_key(target: str) -> Item:
    return key(f"lock#{target}", "LOCK")


def session_key(session_id: str) -> Item:
    return key(f"session#{session_id}", RECORDS["session"])


def roster_key(owner: str) -> Item:
    return key(f"sessions#{owner}", "OPEN")


def config_key(owner: str) -> Item:
    return key(f"config#{owner}", RECORDS["config"])


def workflow_item(workflow: WorkflowRecord) -> Item:
    item = _of(workflow, workflow_pk(workflow.workflow_id), WORKFLOW_SK)
    return item if workflow.is_over else item | {OPEN: {"S": open_shard(workflow.workflow_id)}}


def open_shard(workflow_id: str) -> str:
    """Spread the writes to the index of open workflows over several partitions."""
    return OPEN_SHARDS[crc32(workflow_id.encode()) % len(OPEN_SHARDS)]


def workflow_id_of(keys: Mapping[str, Any]) -> str:
    return str(keys["pk"]["S"]).removeprefix(workflow_pk(""))


RECORDS = {"workflow": WORKFLOW_SK, "session": "SESSION", "config": "CONFIG"}
"""The sort key of the current-state item, by kind of subject."""


def record_of(keys: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the kind and the subject of a current-state item, None for other items."""
    kind, _, subject = keys["pk"]["S"].partition("#")
    return (kind, subject) if keys["sk"]["S"] == RECORDS.get(kind) else None


def step_item(workflow_id: str, step: StepRecord) -> Item:
    return _of(step, workflow_pk(workflow_id), f"{STEP_PREFIX}{step.number:02d}#{step.name}")


def event_item(event: Event) -> Item:
    """Contains the whole event, as the projection and the relay read only the stream."""
    return _of(event, events_pk(event.kind, event.subject), event_sk(event.sequence))


def inbox_item(inbox: Inbox, workflow_id: str | None, expires_at: datetime) -> Item:
    """`ttl` is in seconds since 1970, as DynamoDB requires."""
    fields = {
        "key": inbox.key,
        "fingerprint": inbox.fingerprint,
        "answer": inbox.answer,
        "workflow_id": workflow_id,
        "ttl": int(expires_at.timestamp()),
    }
    return inbox_key(inbox.key) | to_item(fields)


def lock_item(lock: TargetLock) -> Item:
    return lock_key(lock.target) | to_item(lock.model_dump(mode="json"))


def read_lock(item: Mapping[str, Any]) -> TargetLock:
    """Also reads locks from before locks had versions, which name only their holder."""
    fields = _without_keys(item)
    target, holder = item["pk"]["S"].removeprefix("lock#"), fields.pop("workflow_id", None)
    return TargetLock.model_validate({"target": target, "holder": holder, **fields})


def read_event(image: Mapping[str, Any]) -> Event | None:
    """Return the event in an item or in a stream record's image, None for other items."""
    if not str(image["sk"]["S"]).startswith(EVENT_PREFIX):
        return None
    return Event.model_validate(_without_keys(image))


def read_saga(items: list[Item]) -> Saga | None:
    """Read a saga from items of its partition; None when the aggregate is not among them."""
    aggregate = next((item for item in items if item["sk"]["S"] == WORKFLOW_SK), None)
    if aggregate is None:
        return None
    steps = [StepRecord.model_validate(_without_keys(i)) for i in items if i is not aggregate]
    workflow = WorkflowRecord.model_validate(_without_keys(aggregate))
    return Saga(workflow=workflow, steps={step.name: step for step in steps})


def read_inbox(item: Mapping[str, Any], now: datetime) -> Inbox | None:
    """Return None for an expired item: DynamoDB may delete it only days later."""
    fields = from_item(item)
    if fields["ttl"] <= now.timestamp():
        return None
    return Inbox(fields["key"], fields["fingerprint"], fields.get("answer"))


def to_item(values: Mapping[str, Any]) -> Item:
    """Omit top-level values that are None. Raises Rejected("record_unstorable")."""
    try:
        return {k: _serialize(_stored(v)) for k, v in values.items() if v is not None}
    except DecimalException as error:
        raise _unstorable() from error


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _plain(_deserialize(v)) for k, v in item.items()}


def size_bytes(value: Any) -> int:
    """Return a lower bound of the size DynamoDB counts for a low-level value or item."""
    if isinstance(value, Mapping):
        return sum(3 + len(str(k).encode()) + size_bytes(v) for k, v in value.items())
    if isinstance(value, list):
        return sum(3 + size_bytes(v) for v in value)
    return len(value.encode()) if isinstance(value, str) else 1


def _of(record: BaseModel, pk: str, sk: str) -> Item:
    return key(pk, sk) | to_item(record.model_dump(mode="json"))


def _without_keys(item: Mapping[str, Any]) -> dict[str, Any]:
    return from_item({k: v for k, v in item.items() if k not in _KEYS})


def _stored(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _unstorable()
        # Large floats are stored exactly, so that the int that is read back equals them.
        large = 1 / sys.float_info.epsilon <= abs(value) < _INTEGER_LIMIT
        return Decimal(int(value)) if large else Decimal(repr(value))
    if isinstance(value, Mapping):
        return {k: _stored(v) for k, v in value.items()}
    return [_stored(v) for v in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        whole = abs(value) < _INTEGER_LIMIT and value == value.to_integral_value()
        return int(value) if whole else float(value)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _unstorable() -> Rejected:
    return Rejected(
        "record_unstorable",
        "a number has more than 38 digits, lies outside 1e-130 to 1e126, or is not finite",
        fix="write such a number as a string",
    )
