"""Records of a session, of an owner's open sessions, and of a configuration."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from slipway.messages.accounts import Defaults

LIFETIME = timedelta(hours=24)
MOST_OPEN = 100


class TooManySessions(Exception):  # noqa: N818  (named by the condition)
    """The owner has the maximum of open sessions. `frees_at` is when the first of them expires."""

    def __init__(self, frees_at: datetime) -> None:
        super().__init__(f"{MOST_OPEN} sessions are open")
        self.frees_at = frees_at


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Session(_Record):
    """`version` is the number of its last event. `expires_at` is in whole seconds."""

    session_id: str
    version: int = 0
    owner: str
    labels: Mapping[str, str] = Field(default_factory=dict)
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and not self.has_expired(now)

    def has_expired(self, now: datetime) -> bool:
        """An expired session counts as nonexistent; the table deletes it some time later."""
        return self.expires_at <= now


class Roster(_Record):
    """An owner's open sessions, and when each expires. `version` counts changes."""

    owner: str
    version: int = 0
    sessions: Mapping[str, datetime] = Field(default_factory=dict)

    def opened(self, session: Session) -> "Roster":
        """Drops sessions that have expired. Raises TooManySessions."""
        left = {id_: at for id_, at in self.sessions.items() if at > session.created_at}
        if len(left) >= MOST_OPEN:
            raise TooManySessions(min(left.values()))
        return self._changed({**left, session.session_id: session.expires_at})

    def closed(self, session_id: str) -> "Roster":
        return self._changed({id_: at for id_, at in self.sessions.items() if id_ != session_id})

    def _changed(self, sessions: Mapping[str, datetime]) -> "Roster":
        return Roster(owner=self.owner, version=self.version + 1, sessions=sessions)


class Config(_Record):
    """`version` is the number of its last event, 0 before the first."""

    owner: str
    version: int = 0
    defaults: Defaults = Defaults()
    updated_at: datetime | None = None


def expiry(created_at: datetime) -> datetime:
    """In whole seconds, the resolution of a table's time to live."""
    return created_at.replace(microsecond=0) + LIFETIME
