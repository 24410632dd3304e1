"""Table operations for a rebuild of the read model. Only its function is allowed to Scan."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.dynamodb_items import RECORDS, key, record_of
from slipway.adapters.dynamodb_view_items import TRIES
from slipway.adapters.dynamodb_views import DynamoDbViews
from slipway.cqrs.figures import tally
from slipway.cqrs.generations import Generation
from slipway.cqrs.rebuild import Page
from slipway.cqrs.views import Outdated
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_POINTER = key("generation", "GENERATION")
_PAGE = 1000  # items per Scan call
_KEYS = "pk, sk"


class RebuildableDynamoDbViews(DynamoDbViews):
    """Implements `slipway.cqrs.views.RebuildableViews`."""

    def clear(self) -> bool:
        """Delete a page of items, except the pointer; return whether to call again.

        The last call must find nothing, so that a late writer's view and figures both remain.
        """
        with aws_errors("read the read table", self._refusals):
            answer = self._client.scan(
                TableName=self._table,
                ProjectionExpression=_KEYS,
                ConsistentRead=True,
                Limit=_PAGE,
            )
        keys = [item for item in answer["Items"] if item != _POINTER]
        self._write([{"DeleteRequest": {"Key": key}} for key in keys])
        return bool(keys) or "LastEvaluatedKey" in answer

    def replace(self, view: WorkflowView, items: Sequence[HistoryItem]) -> None:
        self._put_events(view.workflow_id, items)
        for _ in range(TRIES):
            before = self._kept(view.workflow_id)
            if before and before.version > view.version:
                return  # the projection is ahead
            with suppress(Outdated):
                self._put(view, tally(view, items), before)
                return
        raise Unavailable(
            "read_table_busy", f"too many concurrent changes to the view of {view.workflow_id}"
        )


class DynamoDbPointer:
    """Implements `slipway.cqrs.generations.Pointer` with one item of the first read table.

    Without that item, the first table is the active one.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self) -> Generation:
        with aws_errors("read the read table"):
            answer = self._client.get_item(TableName=self._table, Key=_POINTER, ConsistentRead=True)
        item = answer.get("Item")
        return Generation.model_validate_json(item["told"]["S"]) if item else Generation()

    def move(self, to: Generation) -> None:
        item = {"told": {"S": to.model_dump_json()}, "version": {"N": str(to.version)}}
        condition = "version = :before" if to.version > 1 else "attribute_not_exists(pk)"
        values: Any = {":before": {"N": str(to.version - 1)}} if to.version > 1 else None
        with aws_errors("write the read table"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=_POINTER | item,
                    ConditionExpression=condition,
                    **({"ExpressionAttributeValues": values} if values else {}),
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                raise Outdated("the read tables") from None


class DynamoDbAllSubjects:
    """Implements `slipway.cqrs.rebuild.AllSubjects` by a Scan of the write table's keys."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def page(self, after: str | None) -> Page:
        start: Any = {"ExclusiveStartKey": json.loads(after)} if after else {}
        with aws_errors("read the write table"):
            answer = self._client.scan(
                TableName=self._table,
                ProjectionExpression=_KEYS,
                ConsistentRead=True,
                Limit=_PAGE,
                **start,
            )
        subjects: dict[str, list[str]] = {kind: [] for kind in RECORDS}
        for item in answer["Items"]:
            if found := record_of(item):
                kind, subject = found
                subjects[kind].append(subject)
        last = answer.get("LastEvaluatedKey")
        return Page(
            subjects["workflow"],
            subjects["session"],
            subjects["config"],
            json.dumps(last) if last else None,
        )
