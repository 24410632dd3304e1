"""A stream, and read tables in memory: what goes wrong on the way is chosen by the test."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.unit.slipway.cqrs.stories import batch

from slipway.cqrs.account_views import AccountViews
from slipway.cqrs.figures import Tally, tally
from slipway.cqrs.generations import Colour, Generation
from slipway.cqrs.memory_account_views import MemoryAccountViews
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.metrics import unmeasured
from slipway.cqrs.read_tables import ReadTables
from slipway.cqrs.rebuild import Page, refill, replay
from slipway.cqrs.views import Outdated, RebuildableViews, Views
from slipway.messages.events import Event
from slipway.messages.timelines import HistoryItem, TimelineItem
from slipway.messages.views import WorkflowView
from slipway.saga.errors import Unavailable
from slipway.saga.memory import MemoryStore
from streams.project import project


class Flaky(MemoryViews):
    """Each save takes the next trouble: lost before its effect, cut off after it, or none."""

    def __init__(self, troubles: Sequence[str] = ()) -> None:
        super().__init__()
        self._troubles = list(troubles)

    def save(self, view: WorkflowView, items: Sequence[HistoryItem], replaces: int) -> None:
        trouble = self._troubles.pop(0) if self._troubles else "none"
        if trouble == "lost":
            raise Unavailable("read_table_busy", "later")
        if trouble == "half":
            self._items.setdefault(view.workflow_id, {}).update({i.sequence: i for i in items})
            raise Unavailable("read_table_busy", "only the timeline was taken")
        super().save(view, items, replaces)
        if trouble == "cut off":
            raise Unavailable("aws_unreachable", "the answer was lost")


def deliver(
    events: Sequence[Event], store: MemoryStore, tables: Sequence[Views], tries: int
) -> int:
    """As a shard does: again from the first that failed. How many were given up on."""
    left = list(events)
    for _ in range(tries):
        told: Mapping[str, Any] = batch(left)
        failed = project(told, store, tables, [], unmeasured)["batchItemFailures"]
        if not failed:
            return 0
        numbers = [record["dynamodb"]["SequenceNumber"] for record in told["Records"]]
        left = left[min(numbers.index(each["itemIdentifier"]) for each in failed) :]
    return len(left)


def shown(views: Views, workflow_id: str) -> tuple[WorkflowView | None, list[TimelineItem]]:
    return views.get(workflow_id), list(views.timeline(workflow_id))


def replayed(
    store: MemoryStore, workflow_id: str
) -> tuple[WorkflowView | None, list[TimelineItem]]:
    """The fold of the events, and nothing else."""
    fresh = MemoryViews()
    refill(workflow_id, store, fresh)
    return shown(fresh, workflow_id)


def figures(views: Views, owner: str = "anna") -> Tally:
    """Of all days. A figure that went back to nothing is one that never was."""
    told = views.figures(owner, date(2029, 1, 1), date(2031, 1, 1))
    return {key: number for key, number in told.items() if number}


def counted_anew(store: MemoryStore, owner: str = "anna") -> Tally:
    """The figures of all events, each told once."""
    found: Counter[tuple[str, str]] = Counter()
    for workflow_id, saga in store._sagas.items():
        if saga.workflow.owner == owner:
            view, items = replay(store.events(workflow_id))
            found.update(tally(view, items) if view else {})
    return dict(found)


class MemoryPointer:
    def __init__(self) -> None:
        self.at = Generation()

    def read(self) -> Generation:
        return self.at

    def move(self, to: Generation) -> None:
        if to.version != self.at.version + 1:
            raise Outdated("the read tables")
        self.at = to


def read_tables(green: MemoryViews | None = None, **clock: Any) -> ReadTables[RebuildableViews]:
    tables = {Colour.BLUE: MemoryViews(), Colour.GREEN: green or MemoryViews()}
    return ReadTables(MemoryPointer(), tables, **clock)


def beside(tables: ReadTables[RebuildableViews]) -> ReadTables[AccountViews]:
    """The same tables, as sessions and configurations see them."""
    return ReadTables(tables.pointer, {colour: MemoryAccountViews() for colour in Colour})


class AFewAtATime:
    """All workflows of a store, one per page."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def page(self, after: str | None) -> Page:
        ids = sorted(self._store._sagas)
        start = ids.index(after) + 1 if after else 0
        found = ids[start : start + 1]
        return Page(found, after=found[-1] if start + 1 < len(ids) else None)
