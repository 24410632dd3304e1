"""Changes of an account: pure functions that each return one transaction.

An event holds the full state of its subject, so the newest one is the view.
"""

from datetime import datetime

from slipway.accounts.state import Config, Roster, Session
from slipway.accounts.store import ConfigChange, SessionChange
from slipway.messages.accounts import Defaults
from slipway.messages.events import Event


def opened(roster: Roster, session: Session) -> SessionChange:
    """Raises TooManySessions."""
    first = session.model_copy(update={"version": 1})
    event = _of_session(first, "slipway.session.opened", first.created_at)
    return SessionChange(first, roster.opened(first), event)


def closed(roster: Roster, session: Session, now: datetime) -> SessionChange:
    after = session.model_copy(update={"version": session.version + 1, "closed_at": now})
    event = _of_session(after, "slipway.session.closed", now)
    return SessionChange(after, roster.closed(after.session_id), event)


def updated(config: Config, defaults: Defaults, now: datetime) -> ConfigChange:
    after = Config(
        owner=config.owner, version=config.version + 1, defaults=defaults, updated_at=now
    )
    event = Event(
        subject=after.owner,
        sequence=after.version,
        type="slipway.config.updated",
        time=now,
        owner=after.owner,
        correlation_id=f"config-{after.owner}",
        data={"config": after.model_dump(mode="json", exclude={"owner"})},
    )
    return ConfigChange(after, event)


def _of_session(session: Session, kind: str, now: datetime) -> Event:
    return Event(
        subject=session.session_id,
        sequence=session.version,
        type=kind,
        time=now,
        owner=session.owner,
        correlation_id=session.session_id,
        data={"session": session.model_dump(mode="json")},
    )
