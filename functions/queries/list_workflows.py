"""The caller's workflows, newest first; an operator may name another owner."""

from slipway.buses import query
from slipway.cqrs.authority import owner_asked_for
from slipway.cqrs.cursor import continued, cursor_of
from slipway.cqrs.page_size import fitting
from slipway.cqrs.request import Call
from slipway.cqrs.views import Selection, Views, position
from slipway.messages.queries import ListWorkflows
from slipway.messages.views import WorkflowPage
from slipway.wiring import views


def list_workflows(query: ListWorkflows, call: Call, *, views: Views) -> WorkflowPage:
    """Raises Unavailable, or Refused for a cursor of another list or another owner's workflows."""
    wanted = Selection(
        owner=owner_asked_for(query.owner, call),
        status=query.status,
        session=query.session,
        since=query.since,
        until=query.until,
        limit=query.limit,
    )
    found = views.select(continued(wanted, query.cursor))
    page = fitting(found.views)
    last = position(page[-1]) if len(page) < len(found.views) else found.position
    cursor = cursor_of(wanted, last) if last else None
    return WorkflowPage(items=tuple(page), next_cursor=cursor)


handler = query(list_workflows, ListWorkflows, scope="workflows:read", views=views)
