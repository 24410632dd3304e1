"""What clients read of many workflows: how often what happened, by day."""

from collections.abc import Mapping
from datetime import date

from slipway.messages.views import View


class Figures(View):
    """How often each happened. What is rolled back was completed before, and is compensated too.

    A rollback that left something is `compensated_with_leftovers`, and not rolled back.
    `success_rate` is the part of those that ended, and were not taken back by a rollback, that
    completed: 0 to 1, None while there is none. `mean_duration_ms` is of completed ones, from the
    request to the end.
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
