"""Views of a workflow's events: timeline lines, and history items with all that changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slipway.messages.views import View


class TimelineItem(View):
    sequence: int
    type: str
    time: datetime
    step: str | None = None
    status: str | None = None
    duration_ms: int | None = None
    message: str | None = None


class Timeline(View):
    items: tuple[TimelineItem, ...]


class HistoryItem(TimelineItem):
    """`data` is what changed, named as in the workflow's view: `workflow` (fields of it), `step`.

    `actor` is the caller of the command that caused the event, `causation_id` the command's id;
    both are None without a command.
    """

    actor: str | None = None
    causation_id: str | None = None
    correlation_id: str | None = None
    data: Mapping[str, Any] = {}

    @property
    def line(self) -> TimelineItem:
        return TimelineItem.model_validate(dict(self))


class HistoryPage(View):
    """By time, then by number. `next_cursor` is None on the last page."""

    items: tuple[HistoryItem, ...]
    next_cursor: str | None = None
