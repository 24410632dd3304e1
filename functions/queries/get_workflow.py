"""How a workflow stands; with `min_version`, not before that version can be seen."""

from collections.abc import Callable

from slipway.buses import query
from slipway.cqrs.problem import Refused
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.views import Views
from slipway.messages.queries import GetWorkflow
from slipway.messages.views import StaleWorkflowView, WorkflowView
from slipway.saga.store import NotFound
from slipway.wiring import pause, views

_WAITS_S = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.4, 0.5)  # 2 s in all, the first ones short


def get_workflow(
    query: GetWorkflow, call: Call, *, views: Views, pause: Callable[[float], None]
) -> WorkflowView | StaleWorkflowView:
    """Raises NotFound, Unavailable, or Refused("not_yet_visible")."""
    view = own_view(views, query.workflow_id, call)
    if query.min_version is None:
        if view is None:
            raise NotFound(query.workflow_id)
        return view
    for wait_s in _WAITS_S:
        if view and view.version >= query.min_version:
            return view
        pause(wait_s)
        view = own_view(views, query.workflow_id, call)
    if view and view.version >= query.min_version:
        return view
    if view and query.allow_stale:
        return StaleWorkflowView(**dict(view))
    raise _not_yet(query.min_version)


def _not_yet(version: int) -> Refused:
    return Refused(
        "not_yet_visible",
        f"version {version} cannot be seen yet",
        field="min_version",
        fix="ask again, or with allow_stale=true for what can be seen; min_version is the version "
        "that a command of yours answered",
    )


handler = query(get_workflow, GetWorkflow, scope="workflows:read", views=views, pause=pause)
