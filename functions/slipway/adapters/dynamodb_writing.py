"""Conditional and transactional writes to the write table."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slipway.adapters import dynamodb_items as items
from slipway.adapters.aws_errors import Refusal, Refusals, aws_errors
from slipway.adapters.dynamodb_items import Item
from slipway.adapters.dynamodb_refusal import refusal_of
from slipway.messages.clock import Clock, utc_now
from slipway.messages.events import Event
from slipway.saga.errors import Rejected
from slipway.saga.store import Inbox

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

REMEMBERED_FOR = timedelta(hours=24)
_MAX_ITEMS = 100
_MAX_TRANSACTION_BYTES = 4 * 1024 * 1024


class WriteTable:
    """Base class of the adapters that write the table. `client` is the low-level client."""

    def __init__(self, client: "DynamoDBClient", table: str, now: Clock = utc_now) -> None:
        self._client = client
        self._table = table
        self._now = now

    def remembered(self, key: str) -> Inbox | None:
        """Return the idempotency record, None if there is none or it has expired."""
        item = self._get(items.inbox_key(key))
        return items.read_inbox(item, self._now()) if item else None

    def remember(self, inbox: Inbox) -> None:
        """Raises Conflict when the key is already used, or Unavailable."""
        self._write([self._put_unused(inbox, None, self._now())])

    def _get(self, key: Item) -> Item | None:
        """Read an item consistently."""
        with aws_errors("read the write table", self._refusals):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item = answer.get("Item")
        return dict(item) if item else None

    def _query(self, pk: str, first: str, last: str) -> list[Item]:
        """Return a partition's items from one sort key to another, inclusive, in order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": pk},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ConsistentRead=True,
        )
        with aws_errors("read the write table", self._refusals):
            return [dict(item) for page in pages for item in page["Items"]]

    def _events(self, pk: str, after: int = 0) -> list[Event]:
        found = self._query(pk, items.event_sk(after + 1), items.LAST_EVENT_SK)
        return [event for event in map(items.read_event, found) if event]

    def _inbox(self, inbox: Inbox | None, about: str) -> list[Item]:
        return [self._put_unused(inbox, about, self._now())] if inbox else []

    def _put_unused(self, inbox: Inbox, about: str | None, now: datetime) -> Item:
        item = items.inbox_item(inbox, about, now + REMEMBERED_FOR)
        seconds = {":now": {"N": str(int(now.timestamp()))}}
        condition = "attribute_not_exists(pk) OR #ttl <= :now"
        return self._put(item, condition, seconds, {"#ttl": "ttl"})

    def _put_new(self, item: Item) -> Item:
        return self._put(item, "attribute_not_exists(sk)")

    def _put_after(self, item: Item, version: int) -> Item:
        """Replace the item that has this version; 0 means that it must not exist."""
        if version == 0:
            return self._put_new(item)
        return self._put(item, "version = :expected", {":expected": {"N": str(version)}})

    def _put(
        self,
        item: Item,
        condition: str | None = None,
        values: Item | None = None,
        names: Item | None = None,
    ) -> Item:
        _check_size(item)
        clauses = _conditional(condition, values, names) if condition else {}
        return {"Put": {"TableName": self._table, "Item": item, **clauses}}

    def _check(self, key: Item, condition: str, values: Item, names: Item | None = None) -> Item:
        """Write nothing, but cancel the transaction unless the condition holds."""
        clauses = _conditional(condition, values, names)
        return {"ConditionCheck": {"TableName": self._table, "Key": key, **clauses}}

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


def _conditional(condition: str, values: Item | None, names: Item | None) -> Item:
    clauses: Item = {
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    clauses |= {"ExpressionAttributeValues": values} if values else {}
    return clauses | ({"ExpressionAttributeNames": names} if names else {})


def _token(writes: list[Any]) -> str:
    """Return the idempotency token of a transaction (36 characters), for retries.

    It is derived from everything that is written, including id and version: a different change at
    the same version has another token, so that its condition decides.
    """
    text = json.dumps(writes, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:36]


def _check_size(item: Item) -> None:
    if items.size_bytes(item) > items.MAX_ITEM_BYTES:
        raise _too_large(item["sk"]["S"])


def _too_large(what: str) -> Rejected:
    return Rejected(
        "record_too_large",
        f"{what} exceeds the size limit of the write table",
        fix="keep bulky results in the workspace and only their keys in the record",
    )
