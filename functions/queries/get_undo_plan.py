"""What a cancel or a rollback would undo now, in which order, and what cannot be undone."""

from slipway.buses import query
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.targets import target_of
from slipway.cqrs.undo_plan import undo_plan
from slipway.cqrs.views import Selection, Views
from slipway.messages.queries import GetUndoPlan
from slipway.messages.views import UndoPlan, WorkflowView
from slipway.saga.environment import Environment
from slipway.saga.store import NotFound
from slipway.wiring import here, views
from steps import PLAN

_NEWEST = 5
"""One on the same target is enough; more, since the index lags behind."""
_IRREVERSIBLE = frozenset(step.name for step in PLAN if step.irreversible)


def get_undo_plan(query: GetUndoPlan, call: Call, *, views: Views, here: Environment) -> UndoPlan:
    """Considers only workflows of the same owner; the command decides.

    Raises NotFound, Unavailable. The read side does not show who else works on the same target.
    """
    view = own_view(views, query.workflow_id, call)
    if view is None:
        raise NotFound(query.workflow_id)
    newer = _newer(view, views) if view.status == "COMPLETED" else None
    return undo_plan(view, _IRREVERSIBLE, newer, here.why_not(view))


def _newer(view: WorkflowView, views: Views) -> WorkflowView | None:
    target = target_of(view)
    if target is None:
        return None
    since = Selection(view.owner, target=target, since=view.created_at, limit=_NEWEST)
    others = (other for other in views.select(since).views if other.workflow_id != view.workflow_id)
    return next(others, None)


handler = query(get_undo_plan, GetUndoPlan, scope="workflows:read", views=views, here=here)
