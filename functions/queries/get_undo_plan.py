"""What a cancel or a rollback would undo now, in which order, and what cannot be undone."""

from slipway.buses import query
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.undo_plan import same_target, undo_plan
from slipway.cqrs.views import Selection, Views
from slipway.messages.queries import GetUndoPlan
from slipway.messages.views import UndoPlan, WorkflowView
from slipway.saga.here import Here
from slipway.saga.store import NotFound
from slipway.wiring import here, views
from steps import PLAN

_PAGES = 5
"""So many of the caller's newest workflows are looked at, a hundred on each."""
_IRREVERSIBLE = frozenset(step.name for step in PLAN if step.irreversible)
_OWNS_OR_WORKS = {"COMPLETED", "RUNNING", "COMPENSATING", "PARKED", "REQUESTED"}


def get_undo_plan(query: GetUndoPlan, call: Call, *, views: Views, here: Here) -> UndoPlan:
    """As far as the caller's own workflows tell; the command decides. Raises NotFound, Unavailable.

    The read side knows nothing of other owners' workflows on the same target.
    """
    view = own_view(views, query.workflow_id, call)
    if view is None:
        raise NotFound(query.workflow_id)
    newer = _newer(view, views) if view.status == "COMPLETED" else None
    return undo_plan(view, _IRREVERSIBLE, newer, here.why_not(view))


def _newer(view: WorkflowView, views: Views) -> WorkflowView | None:
    after: str | None = None
    for _ in range(_PAGES):
        page = views.select(Selection(view.owner, since=view.created_at, limit=100, after=after))
        for other in page.views:
            if other.workflow_id == view.workflow_id or other.status not in _OWNS_OR_WORKS:
                continue
            if same_target(view, other):
                return other
        after = page.position
        if after is None:
            break
    return None


handler = query(get_undo_plan, GetUndoPlan, scope="workflows:read", views=views, here=here)
