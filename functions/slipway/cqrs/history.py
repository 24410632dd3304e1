"""Convert an event to the history item that clients see."""

from typing import Any

from slipway.cqrs.timeline import timeline_item
from slipway.messages.events import Event
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView


def history_item(event: Event, view: WorkflowView) -> HistoryItem:
    """`view` is the view right after this event."""
    return HistoryItem(
        **dict(timeline_item(event, view)),
        actor=event.actor,
        causation_id=event.causation_id,
        correlation_id=event.correlation_id,
        data=_public(event, view),
    )


def _public(event: Event, view: WorkflowView) -> dict[str, Any]:
    """Taken from the view, which holds only what clients may see."""
    header, step = event.data.get("workflow") or {}, event.data.get("step")
    data: dict[str, Any] = {}
    if names := header.keys() & WorkflowView.model_fields.keys() - {"steps"}:
        data["workflow"] = view.model_dump(mode="json", include=names)
    if step:
        shown = next(each for each in view.steps if each.name == step["name"])
        data["step"] = shown.model_dump(mode="json")
    if undo := event.data.get("undo"):
        data["undo"] = {"reason": undo["reason"]}
    if resource := event.data.get("resource"):
        data["resource"] = {"kind": resource["kind"], "name": resource["name"]}
    return data
