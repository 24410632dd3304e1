"""Follow a workflow to its end, telling each step as it goes."""

import time
from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from slipway_local.cli.client import Client
from slipway_local.cli.output import MARKS, Output

ENDED = {"COMPLETED", "COMPENSATED", "COMPENSATED_WITH_LEFTOVERS", "PARKED"}
_EVERY_S = 0.15


def follow(
    client: Client, workflow_id: str, output: Output, since: int | None = None
) -> dict[str, Any]:
    """Answers the last view. A parked workflow waits for a person: that is an end here."""
    told: dict[str, str] = {}
    while True:
        view = client.get(f"/workflows/{workflow_id}", min_version=since)
        for step in view["steps"]:
            _tell(step, told, output)
        if view["status"] in ENDED:
            return view
        time.sleep(_EVERY_S)


def _tell(step: Mapping[str, Any], told: dict[str, str], output: Output) -> None:
    status = step["status"]
    if status == told.get(step["name"], "PENDING"):
        return
    told[step["name"]] = status
    if status == "INTENT" and not output.progress.is_terminal:
        return  # a line per step is enough in a log
    output.note(step_line(step))


def step_line(step: Mapping[str, Any]) -> str:
    undo = step.get("undo") or {}
    took = undo.get("duration_ms") if undo.get("status") else step.get("duration_ms")
    words = {"INTENT": "running", "UNDO_INTENT": "undoing"}
    word = words.get(step["status"], step["status"].lower().replace("_", " "))
    seconds = f" {took / 1000:.1f} s" if took is not None else ""
    error = step.get("error")
    why = f": {escape(error['message'])}" if error and step["status"] == "FAILED" else ""
    return f"{MARKS[step['status']]} {step['name']:<22}{word}{seconds}{why}"
