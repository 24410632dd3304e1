"""The port to what is written of accounts: each change is one transaction, with its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slipway.accounts.state import Config, Roster, Session
from slipway.messages.events import Event, Kind
from slipway.saga.store import Inbox


@dataclass(frozen=True)
class SessionChange:
    """Both as they are afterwards, each one version later than it must be now."""

    session: Session
    roster: Roster
    event: Event
    inbox: Inbox | None = None


@dataclass(frozen=True)
class ConfigChange:
    config: Config
    event: Event
    inbox: Inbox | None = None


AccountChange = SessionChange | ConfigChange


class Accounts(Protocol):
    """`record` writes everything of a change or nothing."""

    def session(self, session_id: str) -> Session | None:
        """None when there is none. One that has expired may still be there."""
        ...

    def roster(self, owner: str) -> Roster:
        """Of an owner without sessions it is empty."""
        ...

    def config(self, owner: str) -> Config:
        """Of an owner who never set anything it is empty."""
        ...

    def record(self, change: AccountChange) -> None:
        """Raises Conflict when somebody else was faster, or the key has been used."""
        ...

    def events_of(self, kind: Kind, subject: str) -> Sequence[Event]:
        """All of a session or a configuration, in order: they stay when a session has expired."""
        ...

    def remembered(self, key: str) -> Inbox | None:
        """The answer that a command with this idempotency key was given."""
        ...

    def remember(self, inbox: Inbox) -> None:
        """Alone, where nothing was changed. Raises Conflict when the key has been used."""
        ...
