"""One of the caller's sessions, open or closed, until it expires."""

from collections.abc import Callable
from datetime import datetime

from slipway.buses import query
from slipway.cqrs.account_views import AccountViews
from slipway.cqrs.request import Call
from slipway.cqrs.sessions import no_such_session
from slipway.cqrs.visibility import awaited, not_yet_visible
from slipway.messages.accounts import GetSession, SessionView
from slipway.wiring import account_views, clock, pause


def get_session(
    query: GetSession,
    call: Call,
    *,
    views: AccountViews,
    now: Callable[[], datetime],
    pause: Callable[[float], None],
) -> SessionView:
    """Raises Unavailable, or Refused("no_such_session") or Refused("not_yet_visible")."""

    def look() -> SessionView | None:
        session = views.session(query.session_id)
        mine = session and session.owner == call.owner and now() < session.expires_at
        return session if mine else None

    version = query.min_version
    session = awaited(look, version, pause) if version else look()
    if version and (session is None or session.version < version):
        raise not_yet_visible(version)
    if session is None:
        raise no_such_session(query.session_id)
    return session


handler = query(
    get_session, GetSession, scope="workflows:read", views=account_views, now=clock, pause=pause
)
