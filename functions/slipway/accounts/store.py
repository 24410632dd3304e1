"""The port to the write side of accounts: each change is one transaction, with its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slipway.accounts.state import Config, Roster, Session
from slipway.messages.events import Event, Kind
from slipway.saga.store import Inbox


@dataclass(frozen=True)
class SessionChange:
    """Session and roster after the change, each one version above the stored one."""

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
    """`record` is atomic."""

    def session(self, session_id: str) -> Session | None:
        """None if it does not exist. An expired session may still be stored."""
        ...

    def roster(self, owner: str) -> Roster:
        """Empty for an owner without sessions."""
        ...

    def config(self, owner: str) -> Config:
        """Empty for an owner who never set one."""
        ...

    def record(self, change: AccountChange) -> None:
        """Raises Conflict on a concurrent change, or when the key has been used."""
        ...

    def events_of(self, kind: Kind, subject: str) -> Sequence[Event]:
        """All events of a session or a configuration, in order; they outlive an expired session."""
        ...

    def remembered(self, key: str) -> Inbox | None:
        """The inbox record of a command with this idempotency key."""
        ...

    def remember(self, inbox: Inbox) -> None:
        """Store it without an effect. Raises Conflict when the key has been used."""
        ...
