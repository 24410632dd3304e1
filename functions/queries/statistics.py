"""An owner's statistics: current counts by status, and outcomes by day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from slipway.buses import query
from slipway.cqrs.authority import owner_asked_for
from slipway.cqrs.figures import COMPLETED_MS, COUNTED, NOW, TAKEN_BACK, Tally, day_of
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.cqrs.views import Views
from slipway.messages.figures import DayFigures, Figures, StatisticsView
from slipway.messages.queries import GetStatistics
from slipway.saga.state import Status
from slipway.wiring import clock, views

_WEEK_DAYS = 7
_LONGEST = timedelta(days=92)


def statistics(
    query: GetStatistics, call: Call, *, views: Views, now: Callable[[], datetime]
) -> StatisticsView:
    """Raises Unavailable, or Refused for too many days or for another owner's figures."""
    owner = owner_asked_for(query.owner, call)
    since, until = _period(query, now().astimezone(UTC).date())
    figures = views.figures(owner, since, until)
    days = [since + timedelta(days=n) for n in range((until - since).days)]
    return StatisticsView(
        owner=owner,
        since=since,
        until=until,
        now={status.value: figures.get((NOW, status.value), 0) for status in Status},
        total=Figures(**_figures(figures, days)),
        days=tuple(DayFigures(day=day, **_figures(figures, [day])) for day in days),
    )


def _period(query: GetStatistics, today: date) -> tuple[date, date]:
    until = query.until or today + timedelta(days=1)
    since = query.since or date.fromordinal(max(1, until.toordinal() - _WEEK_DAYS))
    if since >= until:
        field, other = ("since", until) if query.since else ("until", since)
        order = "earlier" if query.since else "later"
        raise _refused(field, f"must be {order} than {other}", "name another day")
    if until - since > _LONGEST:
        raise _refused("since", f"more than {_LONGEST.days} days", "request a shorter range")
    return since, until


def _refused(field: str, detail: str, fix: str) -> Refused:
    return Refused("invalid_request", f"{field}: {detail}", field=field, fix=fix)


def _figures(tally: Tally, days: list[date]) -> dict[str, int | float | None]:
    def over(name: str) -> int:
        return sum(tally.get((day_of(day), name), 0) for day in days)

    counts = {name: over(name) for name in COUNTED.values()}
    completed = counts["completed"]
    undone = counts["compensated"] + counts["compensated_with_leftovers"] - over(TAKEN_BACK)
    ended = completed + undone
    return {
        **counts,
        "success_rate": round(completed / ended, 4) if ended else None,
        "mean_duration_ms": over(COMPLETED_MS) // completed if completed else None,
    }


handler = query(statistics, GetStatistics, scope="workflows:read", views=views, now=clock)
