"""Views in a read table: one item each, found by its key or through a keys-only index."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import Refusal, Refusals, aws_errors
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

FIRST, LAST = "0", "9999~"
"""Sort before and after every `created_at_id`."""
TRIES = 5
"""A page of large views may need a second BatchGetItem, a concurrent write a retry."""
Item = dict[str, Any]


class ViewItems:
    """`client` is the low-level client. Views are returned as JSON."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._refusals = refusals(table)

    def view(self, pk: str) -> str | None:
        item = self.item(pk)
        return item["view"]["S"] if item else None

    def item(self, pk: str, **asked: Any) -> Any:
        """Return the view with its other attributes, None if it does not exist."""
        with aws_errors("read the read table", self._refusals):
            answer = self._client.get_item(
                TableName=self._table, Key=view_key(pk), ConsistentRead=True, **asked
            )
        return answer.get("Item")

    def all(self, query: Mapping[str, Any]) -> list[Any]:
        """Return every item that the query finds, in key order."""
        pages = self._client.get_paginator("query").paginate(TableName=self._table, **query)
        with aws_errors("read the read table", self._refusals):
            return [item for page in pages for item in page["Items"]]

    def some(self, query: Mapping[str, Any]) -> tuple[list[Any], Any]:
        """Return one page of items, and the key to continue after if there are more."""
        with aws_errors("read the read table", self._refusals):
            answer = self._client.query(TableName=self._table, **query)
        return answer["Items"], answer.get("LastEvaluatedKey")

    def page(self, query: Mapping[str, Any]) -> tuple[list[str], str | None]:
        """Read the keys of a page from the index, then their views consistently.

        Returns the views in no particular order, and the next page's position if there is one.
        """
        items, last = self.some(query)
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items]
        return self._views(keys), last["created_at_id"]["S"] if last else None

    def _views(self, keys: Sequence[Any]) -> list[str]:
        found: list[str] = []
        for _ in range(TRIES):
            if not keys:
                return found
            asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            with aws_errors("read the read table", self._refusals):
                answer = self._client.batch_get_item(RequestItems=asked)
            found += [item["view"]["S"] for item in answer["Responses"][self._table]]
            left: Any = answer.get("UnprocessedKeys", {})
            keys = left.get(self._table, {}).get("Keys", [])
        raise Unavailable("read_table_busy", "the read table did not return every view")


def view_key(pk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": "VIEW"}}


@dataclass(frozen=True)
class Partition:
    """One partition of an index; its key is an attribute of each item in it."""

    index: str
    attribute: str
    key: Item

    def page(
        self, since: str, until: str, limit: int, after: str | None, pk_of: Callable[[str], str]
    ) -> dict[str, Any]:
        """Return the parameters of a Query between two positions, newest first.

        The start key contains the caller's own partition key, so that a position cannot lead into
        another partition. `pk_of` returns the item's key for the id in its position.
        """
        asked = {
            "IndexName": self.index,
            "KeyConditionExpression": "#key = :key AND created_at_id BETWEEN :since AND :until",
            "ExpressionAttributeNames": {"#key": self.attribute},
            "ExpressionAttributeValues": {
                ":key": self.key,
                ":since": {"S": since},
                ":until": {"S": until},
            },
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after is None:
            return asked
        start = view_key(pk_of(after.rpartition("#")[2])) | {"created_at_id": {"S": after}}
        return asked | {"ExclusiveStartKey": start | {self.attribute: self.key}}


def refusals(table: str) -> Refusals:
    return {
        "ResourceNotFoundException": Refusal(
            "no_read_table",
            f"there is no table {table}",
            "set SLIPWAY_READ_TABLE to the table of this stack",
        )
    }
