"""A second read table is filled from the events beside the live one, then it takes over.

No event is missed. What a projection heard before it could know of the filling was in the write
table by then, and the filling reads that; from then on the projection writes both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from slipway.cqrs.fold import Gap, fold
from slipway.cqrs.generations import Generation, Phase
from slipway.cqrs.read_tables import NOTICED_WITHIN_S, ReadTables
from slipway.cqrs.timeline import timeline_item
from slipway.cqrs.views import Outdated, RebuildableViews
from slipway.messages.events import Event
from slipway.messages.views import TimelineItem, WorkflowView
from slipway.saga.errors import Rejected
from slipway.saga.runner import utc_now
from slipway.saga.store import Store


class AllWorkflows(Protocol):
    """Every workflow there is: for maintenance only, it reads the whole write table."""

    def page(self, after: str | None) -> tuple[list[str], str | None]:
        """Ids, and where to go on; None at the end. Those that come meanwhile may be missing."""
        ...


_LEASE = timedelta(seconds=60)
"""Longer than the function may run: a step of one that died has ended by then."""


@dataclass(frozen=True)
class Rebuild:
    store: Store
    workflows: AllWorkflows
    tables: ReadTables
    pause: Callable[[float], None]
    now: Callable[[], datetime] = utc_now

    def go_on(self, may_go_on: Callable[[], bool]) -> Generation:
        """From where the last call stopped to the end, as long as it may; a page is the least.

        Raises Outdated when somebody else rebuilds too, Rejected when events cannot be folded.
        """
        at = self._claimed(self.tables.pointer.read())
        while True:
            at = self._step(at)
            more = at.phase is not Phase.SERVING and may_go_on()
            at = self._moved(at, busy=more)
            if not more:
                return at

    def _claimed(self, at: Generation) -> Generation:
        if at.busy_until and at.busy_until > self.now():
            raise Outdated("the read tables")
        if at.phase is Phase.SERVING:
            at = at.moved(phase=Phase.CLEARING, after=None, workflows=0)
        else:
            at = at.moved()
        return self._moved(at, busy=True)

    def _step(self, now: Generation) -> Generation:
        other = self.tables.of(now.active.other)
        if now.phase is Phase.CLEARING:
            return now.moved(phase=Phase.CLEARING if other.clear() else Phase.FILLING)
        if now.phase is Phase.FILLING:
            return self._filled(now, other)
        self.pause(2 * NOTICED_WITHIN_S)
        return now.moved(phase=Phase.SERVING)

    def _filled(self, now: Generation, other: RebuildableViews) -> Generation:
        ids, after = self.workflows.page(now.after)
        for workflow_id in ids:
            refill(workflow_id, self.store, other)
        done = now.workflows + len(ids)
        if after:
            return now.moved(after=after, workflows=done)
        switched = now.active.other
        return now.moved(phase=Phase.SWITCHED, active=switched, after=None, workflows=done)

    def _moved(self, to: Generation, *, busy: bool) -> Generation:
        to = to.model_copy(update={"busy_until": self.now() + _LEASE if busy else None})
        self.tables.pointer.move(to)
        return to


def refill(workflow_id: str, store: Store, table: RebuildableViews) -> None:
    """Whatever the table has of this workflow is replaced, unless it knows a later event.

    Raises Rejected("events_unreadable"), and then has changed nothing.
    """
    events = store.events(workflow_id)
    try:
        view, items = _replayed(events)
    except (Gap, ValueError, LookupError, TypeError) as error:
        raise Rejected(
            "events_unreadable",
            f"the events of {workflow_id} cannot be folded: {type(error).__name__}",
            fix="deploy a version that reads them, and go on",
        ) from error
    if view:
        table.replace(view, items)


def _replayed(events: Sequence[Event]) -> tuple[WorkflowView | None, list[TimelineItem]]:
    view: WorkflowView | None = None
    items: list[TimelineItem] = []
    for event in events:
        view = fold(view, event)
        items.append(timeline_item(event, view))
    return view, items
