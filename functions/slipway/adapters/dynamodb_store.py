"""The write table: a saga is loaded by one Query, a change is committed by one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

from slipway.adapters import dynamodb_items as items
from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.dynamodb_items import Item
from slipway.adapters.dynamodb_refusal import Moved
from slipway.adapters.dynamodb_writing import WriteTable
from slipway.messages.events import Event
from slipway.saga.errors import Unavailable
from slipway.saga.state import Saga, WorkflowRecord
from slipway.saga.store import Change, NotFound, TargetLock

_TRIES = 10


class DynamoDbStore(WriteTable):
    """Implements `slipway.saga.store.Store`."""

    def load(self, workflow_id: str) -> Saga:
        """Raises NotFound."""
        pk = items.workflow_pk(workflow_id)
        found = self._query(pk, items.STEP_PREFIX, items.WORKFLOW_SK)
        saga = items.read_saga(found)
        if saga is None:
            raise NotFound(workflow_id)
        return saga

    def events(self, workflow_id: str, after: int = 0) -> Sequence[Event]:
        """Return the events with a sequence greater than `after`, in order."""
        return self._events(items.workflow_pk(workflow_id), after)

    def idle(self, before: datetime) -> Sequence[str]:
        """Query the index of open workflows. It is eventually consistent: load before acting."""
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

    def commit(self, change: Change) -> None:
        """Raises what the port documents, or Rejected("record_too_large")."""
        for _ in range(_TRIES):
            try:
                self._write(self._writes(change))
            except Moved:
                continue
            return
        about = change.target or change.within_session
        raise Unavailable("write_contended", f"too many concurrent changes to {about}")

    def target(self, name: str) -> TargetLock:
        """Return the target's lock; one that was never taken is free."""
        item = self._get(items.lock_key(name))
        return items.read_lock(item) if item else TargetLock(target=name)

    def _writes(self, change: Change) -> list[Item]:
        workflow_id = change.workflow.workflow_id
        return [
            self._put_after(items.workflow_item(change.workflow), change.expected_version),
            *(self._put(items.step_item(workflow_id, step)) for step in change.steps),
            *(self._put_new(items.event_item(event)) for event in change.events),
            *self._inbox(change.inbox, workflow_id),
            *self._lock(change),
            *self._within(change.within_session, change.workflow),
        ]

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
        return [self._put_after(item, before.version)]

    def _still_held(self, target: str, me: str) -> Item:
        """A condition instead of a read, so that a step needs no additional storage call."""
        values = {":me": {"S": me}}
        return self._check(items.lock_key(target), "holder = :me OR workflow_id = :me", values)

    def _within(self, session_id: str | None, workflow: WorkflowRecord) -> list[Item]:
        """Require that the session is open at the time of the write, despite concurrent closes."""
        if session_id is None:
            return []
        values = {
            ":owner": {"S": workflow.owner},
            ":now": {"N": str(int(workflow.created_at.timestamp()))},
        }
        condition = "#owner = :owner AND #ttl > :now AND attribute_not_exists(closed_at)"
        names = {"#owner": "owner", "#ttl": "ttl"}
        return [self._check(items.session_key(session_id), condition, values, names)]
