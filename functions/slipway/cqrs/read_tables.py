"""The blue and green read tables: reads go to the active one, projections to all that count."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Generic, TypeVar

from slipway.cqrs.account_views import AccountViews, SelectedSessions, SessionSelection
from slipway.cqrs.figures import Tally
from slipway.cqrs.generations import Colour, Generation, Pointer
from slipway.cqrs.views import (
    HistorySelection,
    RebuildableViews,
    Selected,
    SelectedEvents,
    Selection,
)
from slipway.messages.accounts import ConfigView, SessionView
from slipway.messages.timelines import HistoryItem, TimelineItem
from slipway.messages.views import WorkflowView

NOTICED_WITHIN_S = 2.0
"""Readers refresh the pointer this often; the previous table is kept up to date for longer."""


T = TypeVar("T")


class ReadTables(Generic[T]):
    """`T` is the interface to a table: its views of workflows, or of accounts."""

    def __init__(
        self,
        pointer: Pointer,
        tables: Mapping[Colour, T],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pointer = pointer
        self._tables = tables
        self._clock_s = clock_s
        self._guard = threading.Lock()
        self._known: tuple[float, Generation] | None = None

    def active(self) -> T:
        return self._tables[self._lately().active]

    def written(self) -> Sequence[T]:
        """The active one first."""
        return [self._tables[colour] for colour in self.pointer.read().written]

    def of(self, colour: Colour) -> T:
        return self._tables[colour]

    def _lately(self) -> Generation:
        with self._guard:
            now_s = self._clock_s()
            if self._known is None or now_s - self._known[0] >= NOTICED_WITHIN_S:
                self._known = now_s, self.pointer.read()
            return self._known[1]


class ActiveViews:
    """Implements `slipway.cqrs.views.Views` with the table that is active at each call."""

    def __init__(self, tables: ReadTables[RebuildableViews]) -> None:
        self._tables = tables

    def get(self, workflow_id: str) -> WorkflowView | None:
        return self._tables.active().get(workflow_id)

    def timeline(self, workflow_id: str) -> Sequence[TimelineItem]:
        return self._tables.active().timeline(workflow_id)

    def history(self, selection: HistorySelection) -> SelectedEvents:
        return self._tables.active().history(selection)

    def select(self, selection: Selection) -> Selected:
        return self._tables.active().select(selection)

    def figures(self, owner: str, since: date, until: date) -> Tally:
        return self._tables.active().figures(owner, since, until)

    def save(self, view: WorkflowView, items: Sequence[HistoryItem], replaces: int) -> None:
        self._tables.active().save(view, items, replaces)


class ActiveAccountViews:
    """Implements `slipway.cqrs.account_views.AccountViews` with the table that is active then."""

    def __init__(self, tables: ReadTables[AccountViews]) -> None:
        self._tables = tables

    def open_sessions(self, selection: SessionSelection, now: datetime) -> SelectedSessions:
        return self._tables.active().open_sessions(selection, now)

    def session(self, session_id: str) -> SessionView | None:
        return self._tables.active().session(session_id)

    def config(self, owner: str) -> ConfigView:
        return self._tables.active().config(owner)

    def keep_session(self, session: SessionView) -> None:
        self._tables.active().keep_session(session)

    def keep_config(self, owner: str, config: ConfigView) -> None:
        self._tables.active().keep_config(owner, config)
