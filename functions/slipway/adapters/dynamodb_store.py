"""The write table: a saga is read by one query, a change is written by one transaction."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from slipway.adapters import dynamodb_items as items
from slipway.adapters.aws_errors import Refusal, Refusals, aws_errors
from slipway.adapters.dynamodb_items import Item
from slipway.adapters.dynamodb_refusal import LockMoved, refusal_of
from slipway.messages.events import Event
from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.state import Saga
from slipway.saga.store import Change, Inbox, NotFound, TargetLock

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

REMEMBERED_FOR = timedelta(hours=24)
_MAX_ITEMS = 100
_LOCK_TRIES = 10
_MAX_TRANSACTION_BYTES = 4 * 1024 * 1024


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DynamoDbStore:
    """Implements `slipway.saga.store.Store`. `client` is the low-level one."""

    def __init__(
        self, client: "DynamoDBClient", table: str, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._client = client
        self._table = table
        self._now = now

    def load(self, workflow_id: str) -> Saga:
        """Raises NotFound."""
        found = self._query(workflow_id, items.STEP_PREFIX, items.WORKFLOW_SK)
        saga = items.read_saga(found)
        if saga is None:
            raise NotFound(workflow_id)
        return saga

    def events(self, workflow_id: str, after: int = 0) -> Sequence[Event]:
        """In order; those with a sequence greater than `after`."""
        last = items.EVENT_PREFIX + "9" * 6
        found = self._query(workflow_id, items.event_sk(after + 1), last)
        return [event for event in map(items.read_event, found) if event]

    def idle(self, before: datetime) -> Sequence[str]:
        """By the index of open workflows; it may lag by a moment, so load before acting."""
        return [found for shard in items.OPEN_SHARDS for found in self._idle_in(shard, before)]

    def _idle_in(self, shard: str, before: datetime) -> list[str]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="open",
            KeyConditionExpression="#open = :shard AND updated_at < :before",
            ExpressionAttributeNames={"#open": items.OPEN},
            ExpressionAttributeValues={
                ":shard": {"S": shard},
                ":before": {"S": before.astimezone(UTC).isoformat().replace("+00:00", "Z")},
            },
        )
        with aws_errors("read the write table", self._refusals):
            return [items.workflow_id_of(item) for page in pages for item in page["Items"]]

    def remembered(self, key: str) -> Inbox | None:
        """None for one that has expired."""
        with aws_errors("read the write table", self._refusals):
            answer = self._client.get_item(
                TableName=self._table, Key=items.inbox_key(key), ConsistentRead=True
            )
        item = answer.get("Item")
        return items.read_inbox(item, self._now()) if item else None

    def commit(self, change: Change) -> None:
        """Raises what the port says, or Rejected("record_too_large")."""
        for _ in range(_LOCK_TRIES):
            try:
                self._write(self._writes(change))
            except LockMoved:
                continue
            return
        raise Unavailable("write_contended", f"the lock of {change.target} changes too fast")

    def target(self, name: str) -> TargetLock:
        """One that nobody has ever used is free."""
        with aws_errors("read the write table", self._refusals):
            answer = self._client.get_item(
                TableName=self._table, Key=items.lock_key(name), ConsistentRead=True
            )
        item = answer.get("Item")
        return items.read_lock(item) if item else TargetLock(target=name)

    def _query(self, workflow_id: str, first: str, last: str) -> list[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": items.workflow_pk(workflow_id)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ConsistentRead=True,
        )
        with aws_errors("read the write table", self._refusals):
            return [dict(item) for page in pages for item in page["Items"]]

    def _writes(self, change: Change) -> list[Item]:
        workflow_id = change.workflow.workflow_id
        return [
            self._aggregate(change),
            *(self._put(items.step_item(workflow_id, step)) for step in change.steps),
            *(self._put_new(items.event_item(event)) for event in change.events),
            *self._inbox(change),
            *self._lock(change),
        ]

    def _aggregate(self, change: Change) -> Item:
        item = items.workflow_item(change.workflow)
        if change.expected_version == 0:
            return self._put_new(item)
        expected = {":expected": {"N": str(change.expected_version)}}
        return self._put(item, "version = :expected", expected)

    def _inbox(self, change: Change) -> list[Item]:
        if change.inbox is None:
            return []
        now = self._now()
        item = items.inbox_item(change.inbox, change.workflow.workflow_id, now + REMEMBERED_FOR)
        seconds = {":now": {"N": str(int(now.timestamp()))}}
        put = self._put(item, "attribute_not_exists(pk) OR #ttl <= :now", seconds)
        put["Put"]["ExpressionAttributeNames"] = {"#ttl": "ttl"}
        return [put]

    def _lock(self, change: Change) -> list[Item]:
        if change.target is None:
            return []
        if change.holds_lock:
            return [self._still_held(change.holds_lock, change.workflow.workflow_id)]
        before = self.target(change.target)
        after = change.locked(before)
        if after == before:
            return []
        item = items.lock_item(after)
        if before.version == 0:
            return [self._put(item, "attribute_not_exists(version)")]
        expected = {":expected": {"N": str(before.version)}}
        return [self._put(item, "version = :expected", expected)]

    def _still_held(self, target: str, me: str) -> Item:
        """No read: a step's storage calls stay as few as they are."""
        values = {":me": {"S": me}}
        condition = _conditional("holder = :me OR workflow_id = :me", values)
        check = {"TableName": self._table, "Key": items.lock_key(target), **condition}
        return {"ConditionCheck": check}

    def _put_new(self, item: Item) -> Item:
        return self._put(item, "attribute_not_exists(sk)")

    def _put(self, item: Item, condition: str | None = None, values: Item | None = None) -> Item:
        _check_size(item)
        told = _conditional(condition, values) if condition else {}
        return {"Put": {"TableName": self._table, "Item": item, **told}}

    def _write(self, writes: list[Any]) -> None:
        if len(writes) > _MAX_ITEMS or items.size_bytes(writes) > _MAX_TRANSACTION_BYTES:
            raise _too_large("one change")
        with aws_errors("write the write table", self._refusals):
            try:
                self._client.transact_write_items(
                    TransactItems=writes, ClientRequestToken=_token(writes)
                )
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = error.response.get("CancellationReasons", [])
                raise refusal_of(writes, reasons) from error

    @property
    def _refusals(self) -> Refusals:
        return {
            "ResourceNotFoundException": Refusal(
                "no_write_table",
                f"there is no table {self._table}",
                "set SLIPWAY_WRITE_TABLE to the table of this stack",
            )
        }


def _conditional(condition: str, values: Item | None) -> Item:
    told: Item = {
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return told | ({"ExpressionAttributeValues": values} if values else {})


def _token(writes: list[Any]) -> str:
    """A repeated request after a lost answer is known by it. At most 36 characters.

    Derived from all that is written (the workflow's id and version are part of it): another
    change at the same version has another token, so that its condition decides.
    """
    text = json.dumps(writes, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:36]


def _check_size(item: Item) -> None:
    if items.size_bytes(item) > items.MAX_ITEM_BYTES:
        raise _too_large(item["sk"]["S"])


def _too_large(what: str) -> Rejected:
    return Rejected(
        "record_too_large",
        f"{what} is more than the write table takes",
        fix="keep bulky results in the workspace and only their keys in the record",
    )
