"""How the write table is changed: items under conditions, all of a transaction or nothing."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slipway.adapters import dynamodb_items as items
from slipway.adapters.aws_errors import Refusal, Refusals, aws_errors
from slipway.adapters.dynamodb_items import Item
from slipway.adapters.dynamodb_refusal import refusal_of
from slipway.messages.clock import Clock, utc_now
from slipway.saga.errors import Rejected
from slipway.saga.store import Inbox

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

REMEMBERED_FOR = timedelta(hours=24)
_MAX_ITEMS = 100
_MAX_TRANSACTION_BYTES = 4 * 1024 * 1024


class WriteTable:
    """What all that write there have in common. `client` is the low-level one."""

    def __init__(self, client: "DynamoDBClient", table: str, now: Clock = utc_now) -> None:
        self._client = client
        self._table = table
        self._now = now

    def remembered(self, key: str) -> Inbox | None:
        """None for one that has expired."""
        item = self._get(items.inbox_key(key))
        return items.read_inbox(item, self._now()) if item else None

    def _get(self, key: Item) -> Item | None:
        """As it is now."""
        with aws_errors("read the write table", self._refusals):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item = answer.get("Item")
        return dict(item) if item else None

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
        """Over the item with this version; 0 means that there must be none."""
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
        told = _conditional(condition, values, names) if condition else {}
        return {"Put": {"TableName": self._table, "Item": item, **told}}

    def _check(self, key: Item, condition: str, values: Item, names: Item | None = None) -> Item:
        """Writes nothing, and nothing else is written unless it holds."""
        told = _conditional(condition, values, names)
        return {"ConditionCheck": {"TableName": self._table, "Key": key, **told}}

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
    told: Item = {
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    told |= {"ExpressionAttributeValues": values} if values else {}
    return told | ({"ExpressionAttributeNames": names} if names else {})


def _token(writes: list[Any]) -> str:
    """A repeated request after a lost answer is known by it. At most 36 characters.

    Derived from all that is written (its id and version are part of it): another
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
