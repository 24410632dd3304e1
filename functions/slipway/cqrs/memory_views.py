"""A read table in memory."""

from collections.abc import Sequence

from slipway.cqrs.views import Outdated, Selected, Selection, is_listed, position
from slipway.messages.views import TimelineItem, WorkflowView


class MemoryViews:
    """The same rules as the real table."""

    def __init__(self) -> None:
        self._views: dict[str, WorkflowView] = {}
        self._items: dict[str, dict[int, TimelineItem]] = {}

    def get(self, workflow_id: str) -> WorkflowView | None:
        return self._views.get(workflow_id)

    def timeline(self, workflow_id: str) -> Sequence[TimelineItem]:
        return [item for _, item in sorted(self._items.get(workflow_id, {}).items())]

    def select(self, selection: Selection) -> Selected:
        found = sorted(
            (view for view in self._views.values() if is_listed(view, selection)),
            key=position,
            reverse=True,
        )
        page = found[: selection.limit]
        more = len(found) > len(page)
        return Selected(page, position(page[-1]) if more else None)

    def save(self, view: WorkflowView, items: Sequence[TimelineItem], replaces: int) -> None:
        before = self._views.get(view.workflow_id)
        if (before.version if before else 0) != replaces:
            raise Outdated(view.workflow_id)
        self._items.setdefault(view.workflow_id, {}).update({i.sequence: i for i in items})
        self._views[view.workflow_id] = view

    def clear(self) -> bool:
        self._views.clear()
        self._items.clear()
        return False

    def replace(self, view: WorkflowView, items: Sequence[TimelineItem]) -> None:
        self._items.setdefault(view.workflow_id, {}).update({i.sequence: i for i in items})
        before = self._views.get(view.workflow_id)
        if before is None or before.version <= view.version:
            self._views[view.workflow_id] = view
