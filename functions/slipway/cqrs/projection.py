"""Project a workflow's events onto its view."""

from collections.abc import Callable, Sequence
from datetime import datetime

from slipway.cqrs.authority import may_see
from slipway.cqrs.fold import duration_ms, fold
from slipway.cqrs.history import history_item
from slipway.cqrs.request import Call
from slipway.cqrs.views import Views
from slipway.messages.clock import utc_now
from slipway.messages.events import Event
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView
from slipway.saga.store import Store


def bring_up_to_date(
    workflow_id: str, received: Sequence[Event], store: Store, views: Views
) -> WorkflowView | None:
    """Fold the `received` events, in order: drop known ones, load missing ones from the store.

    Raises Gap, Outdated or Unavailable, and then has not changed the view.
    """
    view = views.get(workflow_id)
    seen = view.version if view else 0
    events = [event for event in received if event.sequence > seen]
    if not events:
        return view
    if [event.sequence for event in events] != list(range(seen + 1, seen + 1 + len(events))):
        events = list(store.events(workflow_id, after=seen))
    items: list[HistoryItem] = []
    for event in events:
        view = fold(view, event)
        items.append(history_item(event, view))
    if view and items:
        views.save(view, items, replaces=seen)
    return view


def lag_ms(projected: Sequence[Event], now: Callable[[], datetime] = utc_now) -> int:
    """From the oldest of these events until now, when its projection is visible."""
    return duration_ms(min(event.time for event in projected), now())


def own_view(views: Views, workflow_id: str, call: Call) -> WorkflowView | None:
    """The view; None for another owner's workflow, unless the caller is an operator."""
    view = views.get(workflow_id)
    return view if view and may_see(view.owner, call) else None
