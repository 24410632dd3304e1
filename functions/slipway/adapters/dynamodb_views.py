"""The read table: one item per view, one per line of its timeline, four indexes of keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import Refusal, Refusals, aws_errors
from slipway.adapters.dynamodb_selection import VIEW_SK, index_keys, index_query, view_pk
from slipway.cqrs.views import Outdated, Selected, Selection, is_listed, position
from slipway.messages.views import TimelineItem, WorkflowView
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_LINE = "TIMELINE#"
_BATCH = 25  # what one BatchWriteItem takes
_TRIES = 5  # a page of large views may need a second BatchGetItem


class DynamoDbViews:
    """Implements `slipway.cqrs.views.Views`. `client` is the low-level one."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._refusals = refusals(table)

    def get(self, workflow_id: str) -> WorkflowView | None:
        key = {"pk": {"S": view_pk(workflow_id)}, "sk": {"S": VIEW_SK}}
        with aws_errors("read the read table", self._refusals):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item = answer.get("Item")
        return _view(item) if item else None

    def timeline(self, workflow_id: str) -> Sequence[TimelineItem]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :line)",
            ExpressionAttributeValues={
                ":pk": {"S": view_pk(workflow_id)},
                ":line": {"S": _LINE},
            },
        )
        with aws_errors("read the read table", self._refusals):
            lines = [item["line"]["S"] for page in pages for item in page["Items"]]
        return [TimelineItem.model_validate_json(line) for line in lines]

    def select(self, selection: Selection) -> Selected:
        """The index gives the keys of a page; the views behind them are read as they are now."""
        query = index_query(selection)
        start: Any = {"ExclusiveStartKey": query.after(selection.after)} if selection.after else {}
        with aws_errors("read the read table", self._refusals):
            answer = self._client.query(TableName=self._table, **query.parameters, **start)
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        found = [view for view in self._views(keys) if is_listed(view, selection)]
        return Selected(found, last["created_at_id"]["S"] if last else None)

    def save(self, view: WorkflowView, items: Sequence[TimelineItem], replaces: int) -> None:
        """The timeline first: its lines are the same whoever writes them, and however often."""
        self._put_lines(view.workflow_id, items)
        self._put(view, replaces)

    def _put_lines(self, workflow_id: str, items: Sequence[TimelineItem]) -> None:
        self._write([{"PutRequest": {"Item": _line(workflow_id, item)}} for item in items])

    def _views(self, keys: Sequence[Any]) -> list[WorkflowView]:
        """Newest first, as a list is."""
        found: list[WorkflowView] = []
        for _ in range(_TRIES):
            if not keys:
                return sorted(found, key=position, reverse=True)
            asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            with aws_errors("read the read table", self._refusals):
                answer = self._client.batch_get_item(RequestItems=asked)
            found += [_view(item) for item in answer["Responses"][self._table]]
            left: Any = answer.get("UnprocessedKeys", {})
            keys = left.get(self._table, {}).get("Keys", [])
        raise Unavailable("read_table_busy", "the read table did not give every view")

    def _write(self, requests: Sequence[Any]) -> None:
        for start in range(0, len(requests), _BATCH):
            batch = requests[start : start + _BATCH]
            with aws_errors("write the read table", self._refusals):
                answer = self._client.batch_write_item(RequestItems={self._table: batch})
            if answer.get("UnprocessedItems"):
                raise Unavailable("read_table_busy", "the read table did not take every item")

    def _put(self, view: WorkflowView, replaces: int) -> None:
        if not replaces:
            self._put_if(view, "attribute_not_exists(pk)")
        else:
            self._put_if(view, "last_seq = :replaces", {":replaces": {"N": str(replaces)}})

    def _put_if(
        self, view: WorkflowView, condition: str, values: dict[str, Any] | None = None
    ) -> None:
        """Raises Outdated when the condition does not hold."""
        told: Any = {"ExpressionAttributeValues": values} if values else {}
        with aws_errors("write the read table", self._refusals):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=_item(view),
                    ConditionExpression=condition,
                    **told,
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                raise Outdated(view.workflow_id) from None


def refusals(table: str) -> Refusals:
    return {
        "ResourceNotFoundException": Refusal(
            "no_read_table",
            f"there is no table {table}",
            "set SLIPWAY_READ_TABLE to the table of this stack",
        )
    }


def _item(view: WorkflowView) -> dict[str, Any]:
    return {
        "pk": {"S": view_pk(view.workflow_id)},
        "sk": {"S": VIEW_SK},
        "last_seq": {"N": str(view.version)},
        "created_at_id": {"S": position(view)},
        "view": {"S": view.model_dump_json()},
        **index_keys(view.owner, view.status, view.request.get("session_id")),
    }


def _view(item: Any) -> WorkflowView:
    return WorkflowView.model_validate_json(item["view"]["S"])


def _line(workflow_id: str, item: TimelineItem) -> dict[str, Any]:
    return {
        "pk": {"S": view_pk(workflow_id)},
        "sk": {"S": f"{_LINE}{item.sequence:06d}"},
        "line": {"S": item.model_dump_json()},
    }
