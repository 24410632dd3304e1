"""Convert views, timeline lines and events to items of the read table, and back."""

from collections.abc import Iterator, Mapping
from typing import Any

from slipway.adapters.dynamodb_figures import Kept, text_of
from slipway.adapters.dynamodb_items import Item, key
from slipway.adapters.dynamodb_selection import index_keys, view_pk
from slipway.adapters.dynamodb_view_items import LAST, view_key
from slipway.cqrs.figures import Tally
from slipway.cqrs.targets import held_target
from slipway.cqrs.views import HistorySelection, event_position, moment, position
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView

_LINE = "TIMELINE#"
_EVENT = "HISTORY#"


def view_item(view: WorkflowView, tally: Tally) -> Item:
    return {
        **view_key(view_pk(view.workflow_id)),
        "last_seq": {"N": str(view.version)},
        "created_at_id": {"S": position(view)},
        "view": {"S": view.model_dump_json()},
        "counted": {"S": text_of(tally)},
        **index_keys(view.owner, view.status, view.request.get("session_id"), held_target(view)),
    }


def read_kept(item: Mapping[str, Any]) -> Kept:
    """Views that were stored before figures existed have no tally."""
    return Kept(int(item["last_seq"]["N"]), item["counted"]["S"] if "counted" in item else None)


def event_items(workflow_id: str, item: HistoryItem) -> Iterator[Item]:
    """Yield two items: one for the timeline, by sequence, one for the history, by time."""
    pk = view_pk(workflow_id)
    line = {"line": {"S": item.line.model_dump_json()}}
    yield key(pk, f"{_LINE}{item.sequence:06d}") | line
    yield key(pk, f"{_EVENT}{event_position(item)}") | {"event": {"S": item.model_dump_json()}}


def read_event(item: Mapping[str, Any]) -> HistoryItem:
    return HistoryItem.model_validate_json(item["event"]["S"])


def position_of(keys: Mapping[str, Any]) -> str:
    return str(keys["sk"]["S"].removeprefix(_EVENT))


def timeline_query(workflow_id: str) -> Item:
    """Return the parameters of a Query for all lines."""
    return {
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :line)",
        "ExpressionAttributeValues": {":pk": {"S": view_pk(workflow_id)}, ":line": {"S": _LINE}},
    }


def history_query(selection: HistorySelection) -> Item:
    """Return the parameters of a Query for the selected events only."""
    pk = view_pk(selection.workflow_id)
    since = moment(selection.since) if selection.since else ""
    until = moment(selection.until) if selection.until else LAST
    asked: Item = {
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :since AND :until",
        "ExpressionAttributeValues": {
            ":pk": {"S": pk},
            ":since": {"S": f"{_EVENT}{since}"},
            # A position is a time followed by an id, so BETWEEN excludes `until` itself.
            ":until": {"S": f"{_EVENT}{until}"},
        },
        "Limit": selection.limit,
    }
    after = selection.after
    return asked | ({"ExclusiveStartKey": key(pk, f"{_EVENT}{after}")} if after else {})
