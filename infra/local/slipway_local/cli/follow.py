"""Follow a workflow to its end, printing its events as they occur."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from slipway_local.cli.client import Client
from slipway_local.cli.interrupts import Interrupts
from slipway_local.cli.output import Output, first_line, plain

ENDED = {"COMPLETED", "COMPENSATED", "COMPENSATED_WITH_LEFTOVERS", "PARKED"}
_TOLD: Mapping[str, tuple[str, str]] = {
    "step.started": ("cyan", "… {step:<22}"),
    "step.attempt_failed": ("yellow", "! {step:<22}retrying: {message}"),
    "step.completed": ("green", "✓ {step:<22}{took}"),
    "step.failed": ("red", "✗ {step:<22}{took} {message}"),
    "step.undone": ("yellow", "↩ {step:<22}undone {took}"),
    "step.kept": ("dim", "= {step:<22}kept"),
    "step.undo_failed": ("red", "! {step:<22}its undo failed: {message}"),
    "scan.completed": ("dim", "  {message}"),
    "workflow.cancel_requested": ("yellow", "  cancel: {message}"),
    "workflow.requested": ("dim", "  {message}"),
    "workflow.admitted": ("green", "  no longer waiting"),
    "step.resolved": ("yellow", "→ {step:<22}{message}"),
    "workflow.parked": ("red", "! {step:<22}waits for an operator"),
}
"""Colour and format of the line, by event type."""
_ON_A_TERMINAL_ONLY = {"step.started"}


@dataclass
class Follower:
    """`seen` is the number of the last event printed; following again continues after it."""

    client: Client
    workflow_id: str
    output: Output
    seen: int = 0
    interrupts: Interrupts = field(default_factory=Interrupts)

    def to_end(self, since: int | None = None) -> dict[str, Any]:
        """Return the last view once the workflow has finished, or is parked.

        Raises KeyboardInterrupt between two polls.
        """
        view = self.client.get(f"/workflows/{self.workflow_id}", min_version=since)
        with self.output.at_work() as say:
            while True:
                self.interrupts.heed()
                if view["version"] > self.seen:
                    self._tell_news()
                if view["status"] in ENDED and self.seen >= view["version"]:
                    return view
                say(under_way(view, datetime.now(UTC)))
                time.sleep(self.client.look_every_s)
                view = self.client.get(f"/workflows/{self.workflow_id}")

    def _tell_news(self) -> None:
        items = self.client.get(f"/workflows/{self.workflow_id}/timeline")["items"]
        for item in items:
            if item["sequence"] > self.seen:
                _tell(item, self.output)
        self.seen = max((item["sequence"] for item in items), default=self.seen)


def under_way(view: Mapping[str, Any], now: datetime) -> str:
    """Return the running step and its elapsed seconds, as a build may log nothing for minutes."""
    for step in view["steps"]:
        if step["status"] == "INTENT" and step["started_at"]:
            took = now - datetime.fromisoformat(step["started_at"])
            return plain(f"{step['name']} {max(0, took.total_seconds()):.0f} s")
    return plain(view["status"].lower())


def _tell(item: Mapping[str, Any], output: Output) -> None:
    kind = item["type"].removeprefix("slipway.")
    if kind not in _TOLD or (kind in _ON_A_TERMINAL_ONLY and not output.progress.is_terminal):
        return
    colour, form = _TOLD[kind]
    took = item["duration_ms"]
    line = form.format(
        step=item["step"] or "",
        took="" if took is None else f"{took / 1000:.1f} s",
        message=first_line(item["message"] or ""),
    )
    if line.strip():
        output.note(f"[{colour}]{plain(line.rstrip())}[/]")
