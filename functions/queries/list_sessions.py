"""The caller's open sessions, newest first."""

from collections.abc import Callable
from datetime import datetime

from slipway.buses import query
from slipway.cqrs.account_views import AccountViews, SessionSelection
from slipway.cqrs.cursor import continued, cursor_of
from slipway.cqrs.request import Call
from slipway.messages.accounts import ListSessions, SessionPage
from slipway.wiring import account_views, clock


def list_sessions(
    query: ListSessions,
    call: Call,
    *,
    views: AccountViews,
    now: Callable[[], datetime],
) -> SessionPage:
    """Raises Unavailable, or Refused for a cursor of another list."""
    wanted = SessionSelection(owner=call.owner, limit=query.limit)
    found = views.open_sessions(continued(wanted, query.cursor), now())
    cursor = cursor_of(wanted, found.position) if found.position else None
    return SessionPage(items=tuple(found.sessions), next_cursor=cursor)


handler = query(list_sessions, ListSessions, scope="workflows:read", views=account_views, now=clock)
