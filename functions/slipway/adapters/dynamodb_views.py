"""The read table: one item per view, one per line of its timeline, four indexes of keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.dynamodb_selection import index_keys, index_query, view_pk
from slipway.adapters.dynamodb_view_items import ViewItems, refusals, view_key
from slipway.cqrs.views import Outdated, Selected, Selection, is_listed, position
from slipway.messages.views import TimelineItem, WorkflowView
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_LINE = "TIMELINE#"
_BATCH = 25  # what one BatchWriteItem takes


class DynamoDbViews:
    """Implements `slipway.cqrs.views.Views`. `client` is the low-level one."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._items = ViewItems(client, table)
        self._refusals = refusals(table)

    def get(self, workflow_id: str) -> WorkflowView | None:
        view = self._items.view(view_pk(workflow_id))
        return WorkflowView.model_validate_json(view) if view else None

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
        found, last = self._items.page(index_query(selection))
        views = sorted(map(WorkflowView.model_validate_json, found), key=position, reverse=True)
        return Selected([view for view in views if is_listed(view, selection)], last)

    def save(self, view: WorkflowView, items: Sequence[TimelineItem], replaces: int) -> None:
        """The timeline first: its lines are the same whoever writes them, and however often."""
        self._put_lines(view.workflow_id, items)
        self._put(view, replaces)

    def _put_lines(self, workflow_id: str, items: Sequence[TimelineItem]) -> None:
        self._write([{"PutRequest": {"Item": _line(workflow_id, item)}} for item in items])

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


def _item(view: WorkflowView) -> dict[str, Any]:
    return {
        **view_key(view_pk(view.workflow_id)),
        "last_seq": {"N": str(view.version)},
        "created_at_id": {"S": position(view)},
        "view": {"S": view.model_dump_json()},
        **index_keys(view.owner, view.status, view.request.get("session_id")),
    }


def _line(workflow_id: str, item: TimelineItem) -> dict[str, Any]:
    return {
        "pk": {"S": view_pk(workflow_id)},
        "sk": {"S": f"{_LINE}{item.sequence:06d}"},
        "line": {"S": item.model_dump_json()},
    }
