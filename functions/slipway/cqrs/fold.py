"""Fold a workflow's events into its view: pure, so that a replay gives the same view."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slipway.messages.events import Event
from slipway.messages.views import StepView, WorkflowView

_MILLISECOND = timedelta(milliseconds=1)
_OPENING = "slipway.workflow.requested"


class Gap(Exception):  # noqa: N818  (named by the condition)
    """A preceding event has not been folded yet."""


def fold(view: WorkflowView | None, event: Event) -> WorkflowView:
    """Ignores an event that is in the view already. Raises Gap when one is missing."""
    seen = view.version if view else 0
    if view and event.sequence <= seen:
        return view
    if event.sequence != seen + 1:
        raise Gap(f"{event.id} after {seen}")
    before = view.model_dump() if view else _opened(event)
    changes = {"version": event.sequence, "updated_at": event.time}
    header = event.data.get("workflow", {})
    step = event.data.get("step")
    return WorkflowView.model_validate(
        before | _known(header) | (_with_step(before, step) if step else {}) | changes
    )


def step_duration_ms(record: Mapping[str, Any]) -> int | None:
    """Between `started_at` and `finished_at`, when both are set."""
    started, finished = record.get("started_at"), record.get("finished_at")
    return duration_ms(_time(started), _time(finished)) if started and finished else None


def duration_ms(started: datetime, finished: datetime) -> int:
    return (finished - started) // _MILLISECOND


def _opened(event: Event) -> dict[str, Any]:
    if event.type != _OPENING:
        raise Gap(f"{event.id} is not the first of its workflow")
    header = event.data["workflow"]
    return {
        "workflow_id": event.workflow_id,
        "owner": event.owner,
        "created_at": event.time,
        "definition_version": header["definition_version"],
        "request": header["request"],
        "defaults": header.get("defaults"),
        "world": header.get("world"),
        "steps": [StepView(name=name).model_dump() for name in header.get("steps", ())],
    }


def _known(header: Mapping[str, Any]) -> dict[str, Any]:
    changing = ("status", "rehearsal", "error", "cancel", "rollback", "receipt", "waits_for")
    return {name: header[name] for name in changing if name in header}


def _with_step(before: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    steps = {step["name"]: step for step in before["steps"]}
    undo = record.get("undo")
    steps[record["name"]] = {
        **record,
        "duration_ms": step_duration_ms(record),
        "undo": {**undo, "duration_ms": step_duration_ms(undo)} if undo else None,
    }
    result_of = _RESULTS.get(record["name"], _nothing)
    result = result_of(record.get("outputs") or {}) if record["status"] == "DONE" else {}
    return {"steps": list(steps.values()), **result}


def _nothing(_outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _image(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"image": outputs} if "reference" in outputs else {}


def _service(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"service": outputs} if {"namespace", "name", "port"} <= outputs.keys() else {}


_RESULTS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "tag_image": _image,
    "push_image": _image,
    "deploy_application": _service,
}


def _time(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
