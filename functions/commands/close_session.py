"""Close a session: it accepts no further workflows. Those in it continue unchanged."""

from collections.abc import Callable
from datetime import datetime

from slipway.accounts import changes
from slipway.accounts.state import Session
from slipway.accounts.store import Accounts, SessionChange
from slipway.buses import command
from slipway.cqrs import answers
from slipway.cqrs.account_effect import take_account_effect
from slipway.cqrs.request import Call
from slipway.cqrs.sessions import no_such_session
from slipway.messages.accounts import CloseSession, SessionAccepted
from slipway.wiring import accounts, clock


def close_session(
    command: CloseSession,
    call: Call,
    *,
    store: Accounts,
    now: Callable[[], datetime],
) -> SessionAccepted:
    """Closing again changes nothing and returns the same answer.

    Raises Conflict, Unavailable, or Refused("no_such_session"), also for an expired session.
    """

    def decide() -> tuple[SessionAccepted, SessionChange | None]:
        at = now()
        session = _own(store, command.session_id, call, at)
        if session.closed_at:
            return SessionAccepted.model_validate(session, from_attributes=True), None
        change = changes.closed(store.roster(call.owner), session, at)
        return SessionAccepted.model_validate(change.session, from_attributes=True), change

    return take_account_effect(store, call, command, decide)


def _own(store: Accounts, session_id: str, call: Call, now: datetime) -> Session:
    session = store.session(session_id)
    if session is None or session.owner != call.owner or session.has_expired(now):
        raise no_such_session(session_id)
    return session


handler = command(
    close_session,
    CloseSession,
    answers.session_accepted,
    scope="workflows:write",
    store=accounts,
    now=clock,
)
