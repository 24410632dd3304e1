"""The read table: one item per view, two per event, five keys-only indexes, and the figures."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from slipway.adapters import dynamodb_figures as figures
from slipway.adapters import dynamodb_workflow_items as items
from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.dynamodb_figures import Kept
from slipway.adapters.dynamodb_refusal import BUSY
from slipway.adapters.dynamodb_selection import index_query, view_pk
from slipway.adapters.dynamodb_view_items import TRIES, ViewItems, refusals
from slipway.cqrs.figures import NOTHING, Tally, tally
from slipway.cqrs.views import (
    HistorySelection,
    Outdated,
    Selected,
    SelectedEvents,
    Selection,
    is_listed,
    position,
)
from slipway.messages.timelines import HistoryItem, TimelineItem
from slipway.messages.views import WorkflowView
from slipway.saga.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_BATCH = 25  # the limit of one BatchWriteItem
_FIRST_PAUSE_S = 0.05
"""Before unprocessed items are sent again; doubled on each retry."""
_MET = {"TransactionConflict", *BUSY}


class DynamoDbViews:
    """Implements `slipway.cqrs.views.Views`. `client` is the low-level client."""

    def __init__(
        self, client: "DynamoDBClient", table: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """`pause` sleeps for a number of seconds."""
        self._client = client
        self._table = table
        self._pause = pause
        self._items = ViewItems(client, table)
        self._refusals = refusals(table)

    def get(self, workflow_id: str) -> WorkflowView | None:
        view = self._items.view(view_pk(workflow_id))
        return WorkflowView.model_validate_json(view) if view else None

    def timeline(self, workflow_id: str) -> Sequence[TimelineItem]:
        lines = self._items.all(items.timeline_query(workflow_id))
        return [TimelineItem.model_validate_json(line["line"]["S"]) for line in lines]

    def history(self, selection: HistorySelection) -> SelectedEvents:
        found, last = self._items.some(items.history_query(selection))
        events = [items.read_event(item) for item in found]
        return SelectedEvents(events, items.position_of(last) if last else None)

    def select(self, selection: Selection) -> Selected:
        found, last = self._items.page(index_query(selection))
        views = sorted(map(WorkflowView.model_validate_json, found), key=position, reverse=True)
        return Selected([view for view in views if is_listed(view, selection)], last)

    def figures(self, owner: str, since: date, until: date) -> Tally:
        now, days = figures.of_now(owner), figures.of_days(owner, since, until)
        return figures.total([*self._items.all(now), *self._items.all(days)])

    def save(self, view: WorkflowView, items: Sequence[HistoryItem], replaces: int) -> None:
        """Write the events first, which is idempotent. Raises Outdated."""
        self._put_events(view.workflow_id, items)
        before = self._kept(view.workflow_id) if replaces else None
        if replaces != (before.version if before else 0):
            raise Outdated(view.workflow_id)
        self._put(view, tally(view, items, before.tally if before else NOTHING), before)

    def _put_events(self, workflow_id: str, history: Sequence[HistoryItem]) -> None:
        self._write(
            [
                {"PutRequest": {"Item": item}}
                for each in history
                for item in items.event_items(workflow_id, each)
            ]
        )

    def _kept(self, workflow_id: str) -> Kept | None:
        item = self._items.item(view_pk(workflow_id), ProjectionExpression="last_seq, counted")
        return items.read_kept(item) if item else None

    def _write(self, requests: Sequence[Any]) -> None:
        for start in range(0, len(requests), _BATCH):
            self._write_batch(requests[start : start + _BATCH])

    def _write_batch(self, left: Sequence[Any]) -> None:
        for number in range(TRIES):
            if number:
                self._pause(_FIRST_PAUSE_S * 2 ** (number - 1))
            with aws_errors("write the read table", self._refusals):
                answer = self._client.batch_write_item(RequestItems={self._table: left})
            left = answer.get("UnprocessedItems", {}).get(self._table, [])
            if not left:
                return
        raise Unavailable("read_table_busy", "the read table did not accept every item")

    def _put(self, view: WorkflowView, counted: Tally, before: Kept | None) -> None:
        """Put the view, in a transaction if its figures change. Raises Outdated."""
        held = before.tally if before else NOTHING
        put = {
            "TableName": self._table,
            "Item": items.view_item(view, counted),
            **_unchanged(before),
        }
        added = figures.additions(self._table, view.owner, view.workflow_id, held, counted)
        with aws_errors("write the read table", self._refusals):
            if added:
                self._put_with(put, added, view.workflow_id)
                return
            try:
                self._client.put_item(**put)
            except self._client.exceptions.ConditionalCheckFailedException:
                raise Outdated(view.workflow_id) from None

    def _put_with(self, put: Any, added: Sequence[Any], workflow_id: str) -> None:
        for _ in range(TRIES):
            try:
                self._client.transact_write_items(TransactItems=[{"Put": put}, *added])
            except self._client.exceptions.TransactionCanceledException as error:
                codes = {each.get("Code") for each in error.response["CancellationReasons"]}
                if "ConditionalCheckFailed" in codes:
                    raise Outdated(workflow_id) from None
                if not codes & _MET:
                    raise Rejected(
                        "view_refused", f"the read table rejected the view: {codes}"
                    ) from error
            else:
                return
        raise Unavailable("read_table_busy", "too many concurrent changes to the same figures")


def _unchanged(before: Kept | None) -> dict[str, Any]:
    """Return the condition that the view and its counted tally are still those that were read."""
    if before is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    values = {":replaces": {"N": str(before.version)}}
    if before.text is None:
        counted = "attribute_not_exists(counted)"
    else:
        counted, values = "counted = :counted", values | {":counted": {"S": before.text}}
    return {
        "ConditionExpression": f"last_seq = :replaces AND {counted}",
        "ExpressionAttributeValues": values,
    }
