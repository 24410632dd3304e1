"""A second read table is filled from the events beside the live one, then it takes over.

No event is missed. What a projection heard before it could know of the filling was in the write
table by then, and the filling reads that; from then on the projection writes both.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from slipway.accounts.store import Accounts
from slipway.cqrs.account_views import AccountViews
from slipway.cqrs.fold import Gap, fold
from slipway.cqrs.generations import Generation, Phase
from slipway.cqrs.history import history_item
from slipway.cqrs.read_tables import NOTICED_WITHIN_S, ReadTables
from slipway.cqrs.views import Outdated, RebuildableViews
from slipway.errors import StepError
from slipway.messages.accounts import ConfigView, SessionView
from slipway.messages.clock import utc_now
from slipway.messages.events import Event
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView
from slipway.saga.errors import Rejected
from slipway.saga.store import Store


@dataclass(frozen=True)
class Page:
    """Ids of workflows and sessions, and owners with a configuration. `after`: where to go on."""

    workflows: Sequence[str]
    sessions: Sequence[str] = ()
    configured: Sequence[str] = ()
    after: str | None = None


class Everything(Protocol):
    """All that has a view: for maintenance only, it reads the whole write table."""

    def page(self, after: str | None) -> Page:
        """Those that come meanwhile may be missing."""
        ...


_LEASE = timedelta(seconds=60)
"""Longer than the function may run: a step of one that died has ended by then."""


@dataclass(frozen=True)
class Rebuild:
    store: Store
    accounts: Accounts
    everything: Everything
    tables: ReadTables[RebuildableViews]
    account_tables: ReadTables[AccountViews]
    pause: Callable[[float], None]
    now: Callable[[], datetime] = utc_now

    def go_on(self, may_go_on: Callable[[], bool]) -> Generation:
        """From where the last call stopped to the end, as long as it may; a page is the least.

        Raises Outdated when somebody else rebuilds too, Rejected when events cannot be folded, or
        Unavailable. After an error anybody may go on at once, from the last page that was done.
        """
        at = self._claimed(self.tables.pointer.read())
        while True:
            try:
                at = self._step(at)
            except Exception:  # raised again below: whatever it was, the lease is given back
                self._let_go(at)
                raise
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

    def _let_go(self, at: Generation) -> None:
        with suppress(StepError, Outdated):  # else the lease runs out by itself
            self._moved(at.moved(), busy=False)

    def _step(self, now: Generation) -> Generation:
        if now.phase is Phase.CLEARING:
            more = self.tables.of(now.active.other).clear()
            return now.moved(phase=Phase.CLEARING if more else Phase.FILLING)
        if now.phase is Phase.FILLING:
            return self._filled(now)
        self.pause(2 * NOTICED_WITHIN_S)
        return now.moved(phase=Phase.SERVING)

    def _filled(self, now: Generation) -> Generation:
        other, page = now.active.other, self.everything.page(now.after)
        for workflow_id in page.workflows:
            refill(workflow_id, self.store, self.tables.of(other))
        self._fill_accounts(page, self.account_tables.of(other))
        done = now.workflows + len(page.workflows)
        if page.after:
            return now.moved(after=page.after, workflows=done)
        return now.moved(phase=Phase.SWITCHED, active=other, after=None, workflows=done)

    def _fill_accounts(self, page: Page, views: AccountViews) -> None:
        """Their records are what their last event tells; one may have expired meanwhile."""
        for session in map(self.accounts.session, page.sessions):
            if session:
                views.keep_session(SessionView.model_validate(session, from_attributes=True))
        for owner in page.configured:
            config = ConfigView.model_validate(self.accounts.config(owner), from_attributes=True)
            views.keep_config(owner, config)

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
        view, items = replay(events)
    except (Gap, ValueError, LookupError, TypeError) as error:
        raise Rejected(
            "events_unreadable",
            f"the events of {workflow_id} cannot be folded: {type(error).__name__}",
            fix="deploy a version that reads them, and go on",
        ) from error
    if view:
        table.replace(view, items)


def replay(events: Sequence[Event]) -> tuple[WorkflowView | None, list[HistoryItem]]:
    """What all the events of one workflow come to. Raises Gap."""
    view: WorkflowView | None = None
    items: list[HistoryItem] = []
    for event in events:
        view = fold(view, event)
        items.append(history_item(event, view))
    return view, items
