"""Timeline items: one line per event."""

from collections.abc import Mapping
from typing import Any

from slipway.cqrs.fold import duration_ms, step_duration_ms
from slipway.messages.events import Event
from slipway.messages.timelines import TimelineItem
from slipway.messages.views import WorkflowView

_ENDS_STEP = {"slipway.step.completed", "slipway.step.failed"}
_ENDS_UNDO = {"slipway.step.undone", "slipway.step.kept"}
_SCANNED = "slipway.scan.completed"
_ENDS_WORKFLOW = {
    "slipway.workflow.completed",
    "slipway.workflow.compensated",
    "slipway.workflow.compensated_with_leftovers",
}


def timeline_item(event: Event, view: WorkflowView) -> TimelineItem:
    """`view` is the view right after this event."""
    header, step = event.data.get("workflow", {}), event.data.get("step") or {}
    return TimelineItem(
        sequence=event.sequence,
        type=event.type,
        time=event.time,
        step=step.get("name"),
        status=step.get("status") or header.get("status"),
        duration_ms=_duration_ms(event, step, view),
        message=_scanned(step) if event.type == _SCANNED else _summary(event, header, step),
    )


def _duration_ms(event: Event, step: Mapping[str, Any], view: WorkflowView) -> int | None:
    if event.type in _ENDS_WORKFLOW:
        return duration_ms(view.created_at, event.time)
    if event.type in _ENDS_UNDO:
        return step_duration_ms(step.get("undo") or {})
    return step_duration_ms(step) if event.type in _ENDS_STEP else None


def _summary(event: Event, header: Mapping[str, Any], step: Mapping[str, Any]) -> str | None:
    if undo := event.data.get("undo"):
        return str(undo["reason"])
    if resource := event.data.get("resource"):
        return f"{resource['kind']} {resource['name']}"
    return _message(header, step)


def _message(header: Mapping[str, Any], step: Mapping[str, Any]) -> str | None:
    undo = step.get("undo") or {}
    if header.get("status") == "COMPENSATING" and undo.get("resolution"):
        return _decided(undo["resolution"])
    failure = undo.get("error") or (None if undo else step.get("error")) or header.get("error")
    if failure and (step or not header.get("receipt")):
        return str(failure["message"])
    if header.get("receipt"):
        left = [i for i in header["receipt"]["items"] if i["state"] == "leftover"]
        return f"left over: {', '.join(i['name'] for i in left)}" if left else "nothing is left"
    if header.get("waits_for"):
        return f"waits for {header['waits_for']}, which is working on the same target"
    if header.get("cancel"):
        return str(header["cancel"]["reason"])
    created = () if undo else step.get("created", ())
    return ", ".join(created) or None


def _decided(resolution: Mapping[str, Any]) -> str:
    reason = f": {resolution['reason']}" if resolution["reason"] else ""
    return f"{resolution['decision']} by {resolution['decided_by']}{reason}"


def _scanned(step: Mapping[str, Any]) -> str:
    """A skipped scan is named explicitly, never to be mistaken for a clean one."""
    outputs = step.get("outputs", {})
    if outputs.get("status") != "scanned":
        return f"NOT scanned: {outputs.get('reason') or 'no reason given'}"
    counts = ", ".join(f"{n} {severity.lower()}" for severity, n in outputs["counts"].items() if n)
    return f"scanned by {outputs['scanner']}: {counts or 'nothing found'}"
