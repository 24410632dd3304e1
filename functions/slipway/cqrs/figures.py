"""What one workflow adds to its owner's figures: a sum, so that a change of it is a difference.

Whoever keeps a view keeps with it what was added for it, and adds the difference to the figures
together with the next one: nothing that is delivered twice, or filled in anew, can count twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import TypeAlias

from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView

NOW = "now"
"""In the place of a day: how workflows stand, by their status."""
Tally: TypeAlias = Mapping[tuple[str, str], int]
"""By day (in UTC, ISO 8601) and figure; or by NOW and status."""
NOTHING: Tally = {}
COMPLETED_MS = "completed_ms"
TAKEN_BACK = "taken_back"
"""By a rollback that was asked for, also one that left something."""
_UNDONE = {"compensated", "compensated_with_leftovers"}
COUNTED: Mapping[str, str] = {
    "slipway.workflow.requested": "requested",
    "slipway.workflow.completed": "completed",
    "slipway.workflow.compensated": "compensated",
    "slipway.workflow.compensated_with_leftovers": "compensated_with_leftovers",
    "slipway.workflow.rolled_back": "rolled_back",
    "slipway.workflow.parked": "parked",
}
"""The events that are counted, each on its own day, by the name of their figure."""


def tally(view: WorkflowView, items: Sequence[HistoryItem], before: Tally = NOTHING) -> Tally:
    """`before` is that of the view before these events; without it they are all that happened."""
    told = Counter({key: number for key, number in before.items() if key[0] != NOW})
    told[NOW, view.status] = 1
    for item in items:
        told.update(_of(item, taken_back=view.rollback is not None))
    return dict(told)


def difference(before: Tally, after: Tally) -> Tally:
    """What to add to the figures, below zero included."""
    changed = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
    return {key: number for key, number in changed.items() if number}


def day_of(day: date) -> str:
    return day.isoformat()


def _of(item: HistoryItem, *, taken_back: bool) -> Tally:
    name = COUNTED.get(item.type)
    if name is None:
        return NOTHING
    day = day_of(item.time.astimezone(UTC).date())
    told = {(day, name): 1}
    if name == "completed":
        told[day, COMPLETED_MS] = max(item.duration_ms or 0, 0)
    if name in _UNDONE and taken_back:
        told[day, TAKEN_BACK] = 1
    return told
