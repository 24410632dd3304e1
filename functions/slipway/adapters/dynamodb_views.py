"""The read table: one item per view, one per line of its timeline, three indexes over the views."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import Refusal, Refusals, aws_errors
from slipway.adapters.dynamodb_selection import VIEW_SK, index_keys, index_query, view_pk
from slipway.cqrs.views import Outdated, Selected, Selection, position
from slipway.messages.views import TimelineItem, WorkflowView
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_LINE = "TIMELINE#"
_BATCH = 25  # what one BatchWriteItem takes
_PAGES = 10  # a filter that matches little ends a page early; the cursor leads on


class DynamoDbViews:
    """Implements `slipway.cqrs.views.Views`. `client` is the low-level one."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, workflow_id: str) -> WorkflowView | None:
        key = {"pk": {"S": view_pk(workflow_id)}, "sk": {"S": VIEW_SK}}
        with aws_errors("read the read table", refusals(self._table)):
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
        with aws_errors("read the read table", refusals(self._table)):
            lines = [item["line"]["S"] for page in pages for item in page["Items"]]
        return [TimelineItem.model_validate_json(line) for line in lines]

    def select(self, selection: Selection) -> Selected:
        query = index_query(selection)
        found: list[WorkflowView] = []
        after = selection.after
        for _ in range(_PAGES):
            start = {"ExclusiveStartKey": query.after(after)} if after else {}
            limit = selection.limit - len(found)
            answer = self._query({**query.parameters, **start, "Limit": limit})
            found += [_view(item) for item in answer["Items"]]
            last = answer.get("LastEvaluatedKey")
            after = last["created_at_id"]["S"] if last else None
            if after is None or len(found) == selection.limit:
                break
        return Selected(found, after)

    def save(self, view: WorkflowView, items: Sequence[TimelineItem], replaces: int) -> None:
        """The timeline first: its lines are the same whoever writes them, and however often."""
        lines = [{"PutRequest": {"Item": _line(view.workflow_id, item)}} for item in items]
        for start in range(0, len(lines), _BATCH):
            self._write(lines[start : start + _BATCH])
        self._put(view, replaces)

    def _query(self, parameters: dict[str, Any]) -> Any:
        with aws_errors("read the read table", refusals(self._table)):
            return self._client.query(TableName=self._table, **parameters)

    def _write(self, lines: list[Any]) -> None:
        with aws_errors("write the read table", refusals(self._table)):
            answer = self._client.batch_write_item(RequestItems={self._table: lines})
        if answer.get("UnprocessedItems"):
            raise Unavailable("read_table_busy", "the read table did not take every line")

    def _put(self, view: WorkflowView, replaces: int) -> None:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if replaces:
            condition = {
                "ConditionExpression": "last_seq = :replaces",
                "ExpressionAttributeValues": {":replaces": {"N": str(replaces)}},
            }
        with aws_errors("write the read table", refusals(self._table)):
            try:
                self._client.put_item(TableName=self._table, Item=_item(view), **condition)
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
