"""Per-owner statistics as deltas, so redelivery never counts twice.

A view is stored with its tally: what its workflow contributes to its owner's figures. Storing the
next view adds the difference of the two tallies, in the same transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import TypeAlias

from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView

NOW = "now"
"""In the place of a day: counts of workflows by their current status."""
Tally: TypeAlias = Mapping[tuple[str, str], int]
"""By day (in UTC, ISO 8601) and figure; or by NOW and status."""
NOTHING: Tally = {}
COMPLETED_MS = "completed_ms"
TAKEN_BACK = "taken_back"
"""Undone by a requested rollback, with or without leftovers."""
_UNDONE = {"compensated", "compensated_with_leftovers"}
COUNTED: Mapping[str, str] = {
    "slipway.workflow.requested": "requested",
    "slipway.workflow.completed": "completed",
    "slipway.workflow.compensated": "compensated",
    "slipway.workflow.compensated_with_leftovers": "compensated_with_leftovers",
    "slipway.workflow.rolled_back": "rolled_back",
    "slipway.workflow.parked": "parked",
}
"""The counted event types, each on the day of its event, with the name of its figure."""


def tally(view: WorkflowView, items: Sequence[HistoryItem], before: Tally = NOTHING) -> Tally:
    """`before` is the tally of the view before these events; omit it if they are all there are."""
    counts = Counter({key: number for key, number in before.items() if key[0] != NOW})
    counts[NOW, view.status] = 1
    for item in items:
        counts.update(_of(item, taken_back=view.rollback is not None))
    return dict(counts)


def difference(before: Tally, after: Tally) -> Tally:
    """What to add to the figures; may be negative."""
    changed = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
    return {key: number for key, number in changed.items() if number}


def day_of(day: date) -> str:
    return day.isoformat()


def _of(item: HistoryItem, *, taken_back: bool) -> Tally:
    name = COUNTED.get(item.type)
    if name is None:
        return NOTHING
    day = day_of(item.time.astimezone(UTC).date())
    counts = {(day, name): 1}
    if name == "completed":
        counts[day, COMPLETED_MS] = max(item.duration_ms or 0, 0)
    if name in _UNDONE and taken_back:
        counts[day, TAKEN_BACK] = 1
    return counts
