"""Rebuild the inactive read table from the events while the other one serves, then switch over.

No event is missed: events that were projected before the projection saw the rebuild were in the
write table by then, and the rebuild reads that; from then on the projection writes both tables.
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
    """Ids of workflows and sessions, owners with a configuration. `after`: where to continue."""

    workflows: Sequence[str]
    sessions: Sequence[str] = ()
    configured: Sequence[str] = ()
    after: str | None = None


class AllSubjects(Protocol):
    """All subjects that have a view. For maintenance only: it reads the whole write table."""

    def page(self, after: str | None) -> Page:
        """Subjects that are created during the scan may be missing."""
        ...


_LEASE = timedelta(seconds=60)
"""Longer than the function may run: by then a step of a function that died has ended."""


@dataclass(frozen=True)
class Rebuild:
    store: Store
    accounts: Accounts
    everything: AllSubjects
    tables: ReadTables[RebuildableViews]
    account_tables: ReadTables[AccountViews]
    pause: Callable[[float], None]
    now: Callable[[], datetime] = utc_now

    def go_on(self, may_go_on: Callable[[], bool]) -> Generation:
        """Continue where the last call stopped, for at least a page and while `may_go_on`.

        Raises Outdated when another rebuild is running, Rejected when events cannot be folded, or
        Unavailable. After an error any caller may continue at once, from the last completed page.
        """
        at = self._claimed(self.tables.pointer.read())
        while True:
            try:
                at = self._step(at)
            except Exception:  # re-raised below: any error releases the lease
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
        with suppress(StepError, Outdated):  # otherwise the lease expires
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
        """Records equal their last event's data. A session may have expired in between."""
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
    """Replace what the table holds of this workflow, unless it has a later event.

    Raises Rejected("events_unreadable"), and then has changed nothing.
    """
    events = store.events(workflow_id)
    try:
        view, items = replay(events)
    except (Gap, ValueError, LookupError, TypeError) as error:
        raise Rejected(
            "events_unreadable",
            f"the events of {workflow_id} cannot be folded: {type(error).__name__}",
            fix="deploy a version that reads them, then continue the rebuild",
        ) from error
    if view:
        table.replace(view, items)


def replay(events: Sequence[Event]) -> tuple[WorkflowView | None, list[HistoryItem]]:
    """Fold all events of one workflow into its view and history. Raises Gap."""
    view: WorkflowView | None = None
    items: list[HistoryItem] = []
    for event in events:
        view = fold(view, event)
        items.append(history_item(event, view))
    return view, items
