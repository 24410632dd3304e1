"""Open a session, which groups workflows of the caller, for a day at most."""

from collections.abc import Callable
from datetime import datetime

from slipway.accounts import changes
from slipway.accounts.state import LIFETIME, MOST_OPEN, Session, TooManySessions, expiry
from slipway.accounts.store import Accounts, SessionChange
from slipway.buses import command
from slipway.cqrs import answers
from slipway.cqrs.account_effect import take_account_effect
from slipway.cqrs.ids import session_id
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.messages.accounts import OpenSession, SessionAccepted
from slipway.wiring import accounts, clock


def open_session(
    command: OpenSession,
    call: Call,
    *,
    store: Accounts,
    now: Callable[[], datetime],
) -> SessionAccepted:
    """Raises Conflict, Unavailable, or Refused("too_many_sessions")."""

    def decide() -> tuple[SessionAccepted, SessionChange]:
        session = _session(command, call, now())
        try:
            change = changes.opened(store.roster(call.owner), session)
        except TooManySessions as full:
            raise _too_many(full) from None
        opened = change.session
        return SessionAccepted.model_validate(opened, from_attributes=True), change

    return take_account_effect(store, call, command, decide)


def _session(command: OpenSession, call: Call, now: datetime) -> Session:
    return Session(
        session_id=session_id(),
        owner=call.owner,
        labels=command.labels,
        created_at=now,
        expires_at=expiry(now),
    )


def _too_many(full: TooManySessions) -> Refused:
    hours = LIFETIME.total_seconds() // 3600
    return Refused(
        "too_many_sessions",
        f"the limit of {MOST_OPEN} open sessions is reached",
        fix="close one with DELETE /sessions/{id}; GET /sessions lists them. The next one expires"
        f" at {full.frees_at.isoformat()}, {hours:.0f} hours after it was opened",
    )


handler = command(
    open_session,
    OpenSession,
    answers.session_accepted,
    scope="workflows:write",
    store=accounts,
    now=clock,
)
