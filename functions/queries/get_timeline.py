"""The timeline of a workflow, as JSON or as a Mermaid chart."""

from slipway.buses import query
from slipway.cqrs.mermaid import gantt
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.views import Views
from slipway.messages.queries import GetTimeline
from slipway.messages.timelines import Timeline
from slipway.saga.store import NotFound
from slipway.wiring import views


def get_timeline(query: GetTimeline, call: Call, *, views: Views) -> Timeline | str:
    """Raises NotFound or Unavailable."""
    if own_view(views, query.workflow_id, call) is None:
        raise NotFound(query.workflow_id)
    items = views.timeline(query.workflow_id)
    if query.format == "mermaid":
        return gantt(query.workflow_id, items)
    return Timeline(items=tuple(items))


handler = query(get_timeline, GetTimeline, scope="workflows:read", views=views)
