"""The events of a workflow within a period, with what each of them changed."""

from slipway.buses import query
from slipway.cqrs.cursor import continued, cursor_of
from slipway.cqrs.page_size import fitting
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.views import HistorySelection, Views, event_position
from slipway.messages.queries import GetHistory
from slipway.messages.timelines import HistoryPage
from slipway.saga.store import NotFound
from slipway.wiring import views


def workflow_history(query: GetHistory, call: Call, *, views: Views) -> HistoryPage:
    """Raises NotFound, Unavailable, or Refused for a cursor of another list."""
    view = own_view(views, query.workflow_id, call)
    if view is None:
        raise NotFound(query.workflow_id)
    wanted = HistorySelection(
        owner=view.owner,
        workflow_id=query.workflow_id,
        since=query.since,
        until=query.until,
        limit=query.limit,
    )
    found = views.history(continued(wanted, query.cursor))
    page = fitting(found.items)
    last = event_position(page[-1]) if len(page) < len(found.items) else found.position
    cursor = cursor_of(wanted, last) if last else None
    return HistoryPage(items=tuple(page), next_cursor=cursor)


handler = query(workflow_history, GetHistory, scope="workflows:read", views=views)
