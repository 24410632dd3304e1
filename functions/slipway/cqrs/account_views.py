"""The port to the read side of accounts, and how it is kept up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from slipway.cqrs.views import Selection, moment
from slipway.messages.accounts import ConfigView, SessionView
from slipway.messages.events import Event


@dataclass(frozen=True)
class SessionSelection(Selection):
    """One owner's sessions, of which only those are found that are open."""


@dataclass(frozen=True)
class SelectedSessions:
    """Newest first. `position` is that of the last one looked at; None when there are no more."""

    sessions: Sequence[SessionView]
    position: str | None


class AccountViews(Protocol):
    """All methods raise Unavailable. What is older than what is there, by its version, is dropped.

    Events of accounts tell everything, so that none of them is missed when one got lost.
    """

    def open_sessions(self, selection: SessionSelection, now: datetime) -> SelectedSessions: ...
    def session(self, session_id: str) -> SessionView | None: ...
    def config(self, owner: str) -> ConfigView: ...
    def keep_session(self, session: SessionView) -> None: ...
    def keep_config(self, owner: str, config: ConfigView) -> None: ...


def keep(events: Sequence[Event], views: AccountViews) -> None:
    """The newest of one subject's events, in order, is all that counts."""
    event = events[-1]
    if event.kind == "session":
        views.keep_session(SessionView.model_validate(event.data["session"]))
    else:
        views.keep_config(event.owner, ConfigView.model_validate(event.data["config"]))


def session_position(session: SessionView) -> str:
    """Sorts by time, then by id."""
    return f"{moment(session.created_at)}#{session.session_id}"
