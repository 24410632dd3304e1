"""Views of an owner's statistics: how often each event happened, by day."""

from collections.abc import Mapping
from datetime import date

from slipway.messages.views import View


class Figures(View):
    """How often each happened. A rolled-back workflow also counts as completed and as compensated.

    A rollback with leftovers counts as `compensated_with_leftovers`, not as `rolled_back`.
    `success_rate` is completed workflows divided by finished ones, 0 to 1; a rolled-back workflow
    counts as completed here, and the rate is None when none has finished. `mean_duration_ms` is of
    completed workflows, from the request to the end.
    """

    requested: int = 0
    completed: int = 0
    compensated: int = 0
    compensated_with_leftovers: int = 0
    rolled_back: int = 0
    parked: int = 0
    success_rate: float | None = None
    mean_duration_ms: int | None = None


class DayFigures(Figures):
    day: date


class StatisticsView(View):
    """Days are in UTC; `until` is not among them. `now` counts the owner's workflows by status."""

    owner: str
    since: date
    until: date
    now: Mapping[str, int]
    total: Figures
    days: tuple[DayFigures, ...]
