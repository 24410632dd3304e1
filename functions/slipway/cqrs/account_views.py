"""The port to the read model of accounts, and its projection from events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from slipway.cqrs.views import Selection, moment
from slipway.messages.accounts import ConfigView, SessionView
from slipway.messages.events import Event


@dataclass(frozen=True)
class SessionSelection(Selection):
    """One owner's sessions; only open ones are returned."""


@dataclass(frozen=True)
class SelectedSessions:
    """Newest first. `position` is that of the last one read; None when there are no more."""

    sessions: Sequence[SessionView]
    position: str | None


class AccountViews(Protocol):
    """All methods raise Unavailable. A write that is not newer than the stored one is ignored.

    Each account event carries the full state, so the next one makes up for one that was lost.
    """

    def open_sessions(self, selection: SessionSelection, now: datetime) -> SelectedSessions: ...
    def session(self, session_id: str) -> SessionView | None: ...
    def config(self, owner: str) -> ConfigView: ...
    def keep_session(self, session: SessionView) -> None: ...
    def keep_config(self, owner: str, config: ConfigView) -> None: ...


def keep(events: Sequence[Event], views: AccountViews) -> None:
    """Project one subject's events, in order: the newest one holds the full state."""
    event = events[-1]
    if event.kind == "session":
        views.keep_session(SessionView.model_validate(event.data["session"]))
    else:
        views.keep_config(event.owner, ConfigView.model_validate(event.data["config"]))


def session_position(session: SessionView) -> str:
    """Sorts by time, then by id."""
    return f"{moment(session.created_at)}#{session.session_id}"
