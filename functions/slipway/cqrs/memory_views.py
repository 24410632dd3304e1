"""In-memory workflow views."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from slipway.cqrs.figures import NOTHING, NOW, Tally, day_of, difference, tally
from slipway.cqrs.views import (
    HistorySelection,
    Outdated,
    Selected,
    SelectedEvents,
    Selection,
    event_position,
    is_listed,
    is_within,
    position,
)
from slipway.messages.timelines import HistoryItem, TimelineItem
from slipway.messages.views import WorkflowView


class MemoryViews:
    """Follows the same rules as the DynamoDB table."""

    def __init__(self) -> None:
        self._views: dict[str, WorkflowView] = {}
        self._items: dict[str, dict[int, HistoryItem]] = {}
        self._counted: dict[str, Tally] = {}
        self._figures: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)

    def get(self, workflow_id: str) -> WorkflowView | None:
        return self._views.get(workflow_id)

    def timeline(self, workflow_id: str) -> Sequence[TimelineItem]:
        return [item.line for _, item in sorted(self._items.get(workflow_id, {}).items())]

    def history(self, selection: HistorySelection) -> SelectedEvents:
        items = self._items.get(selection.workflow_id, {}).values()
        found = [
            item
            for item in sorted(items, key=event_position)
            if is_within(event_position(item), selection)
            and event_position(item) > (selection.after or "")
        ]
        page = found[: selection.limit]
        return SelectedEvents(page, event_position(page[-1]) if len(found) > len(page) else None)

    def select(self, selection: Selection) -> Selected:
        found = sorted(
            (view for view in self._views.values() if is_listed(view, selection)),
            key=position,
            reverse=True,
        )
        page = found[: selection.limit]
        more = len(found) > len(page)
        return Selected(page, position(page[-1]) if more else None)

    def figures(self, owner: str, since: date, until: date) -> Tally:
        return {
            (place, name): number
            for (place, name), number in self._figures[owner].items()
            if place == NOW or day_of(since) <= place < day_of(until)
        }

    def save(self, view: WorkflowView, items: Sequence[HistoryItem], replaces: int) -> None:
        before = self._views.get(view.workflow_id)
        if (before.version if before else 0) != replaces:
            raise Outdated(view.workflow_id)
        self._keep_items(view, items)
        self._keep(view, tally(view, items, self._counted.get(view.workflow_id, NOTHING)))

    def clear(self) -> bool:
        for kept in (self._views, self._items, self._counted, self._figures):
            kept.clear()
        return False

    def replace(self, view: WorkflowView, items: Sequence[HistoryItem]) -> None:
        self._keep_items(view, items)
        before = self._views.get(view.workflow_id)
        if before is None or before.version <= view.version:
            self._keep(view, tally(view, items))

    def _keep_items(self, view: WorkflowView, items: Sequence[HistoryItem]) -> None:
        self._items.setdefault(view.workflow_id, {}).update({i.sequence: i for i in items})

    def _keep(self, view: WorkflowView, now: Tally) -> None:
        before = self._counted.get(view.workflow_id, NOTHING)
        self._views[view.workflow_id] = view
        self._counted[view.workflow_id] = now
        self._figures[view.owner].update(difference(before, now))
