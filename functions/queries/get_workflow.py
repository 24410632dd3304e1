"""The view of a workflow; with `min_version`, once that version is visible."""

from collections.abc import Callable

from slipway.buses import query
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.views import Views
from slipway.cqrs.visibility import awaited, not_yet_visible
from slipway.messages.queries import GetWorkflow
from slipway.messages.views import StaleWorkflowView, WorkflowView
from slipway.saga.store import NotFound
from slipway.wiring import pause, views


def get_workflow(
    query: GetWorkflow, call: Call, *, views: Views, pause: Callable[[float], None]
) -> WorkflowView | StaleWorkflowView:
    """Raises NotFound, Unavailable, or Refused("not_yet_visible")."""

    def look() -> WorkflowView | None:
        return own_view(views, query.workflow_id, call)

    version = query.min_version
    if version is None:
        return _there(look(), query)
    view = awaited(look, version, pause)
    if view and view.version >= version:
        return view
    if view and query.allow_stale:
        return StaleWorkflowView(**dict(view))
    raise not_yet_visible(version, ", or set allow_stale=true to get the current view")


def _there(view: WorkflowView | None, query: GetWorkflow) -> WorkflowView:
    if view is None:
        raise NotFound(query.workflow_id)
    return view


handler = query(get_workflow, GetWorkflow, scope="workflows:read", views=views, pause=pause)
