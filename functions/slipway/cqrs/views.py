"""The port to the read model of workflows, and positions for pagination."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from slipway.cqrs.figures import Tally
from slipway.cqrs.targets import held_target
from slipway.messages.timelines import HistoryItem, TimelineItem
from slipway.messages.views import WorkflowView


class Outdated(Exception):  # noqa: N818  (named by the condition)
    """Another writer has updated the view: read it again and fold again."""


@dataclass(frozen=True)
class Selection:
    """One owner's workflows. `since` is inclusive, `until` exclusive; `after` is a position.

    `target` selects those that have deployed to it or are working on it; it cannot be combined with
    `status` or `session`.
    """

    owner: str
    status: str | None = None
    session: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True)
class Selected:
    """Newest first. `position` is that of the last one read; None when there are no more."""

    views: Sequence[WorkflowView]
    position: str | None


@dataclass(frozen=True)
class HistorySelection(Selection):
    """The events of one workflow, ordered by time."""

    workflow_id: str = ""


@dataclass(frozen=True)
class SelectedEvents:
    """`position` is that of the last one read; None when there are no more."""

    items: Sequence[HistoryItem]
    position: str | None


class Views(Protocol):
    """All methods raise Unavailable."""

    def get(self, workflow_id: str) -> WorkflowView | None: ...
    def timeline(self, workflow_id: str) -> Sequence[TimelineItem]: ...
    def history(self, selection: HistorySelection) -> SelectedEvents: ...
    def select(self, selection: Selection) -> Selected: ...
    def figures(self, owner: str, since: date, until: date) -> Tally:
        """Current figures, and those of the days from `since` to before `until`."""
        ...

    def save(self, view: WorkflowView, items: Sequence[HistoryItem], replaces: int) -> None:
        """`replaces` is the version that must be stored now, 0 for none. Raises Outdated.

        The view and its owner's figures are written in one transaction.
        """
        ...


class RebuildableViews(Views, Protocol):
    """A read table with the operations of a rebuild."""

    def clear(self) -> bool:
        """Delete some of the table's items; return whether there may be more."""
        ...

    def replace(self, view: WorkflowView, items: Sequence[HistoryItem]) -> None:
        """Replace what is stored of this workflow, unless it is of a later version.

        `items` are the workflow's full history, and determine its part of the figures.
        """
        ...


def position(view: WorkflowView) -> str:
    """Sorts by time, then by id."""
    return f"{moment(view.created_at)}#{view.workflow_id}"


def event_position(item: HistoryItem) -> str:
    """Sorts by time, then by number."""
    return f"{moment(item.time)}#{item.sequence:06d}"


def moment(time: datetime) -> str:
    """Fixed width, so that the text sorts by time."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def is_listed(view: WorkflowView, wanted: Selection) -> bool:
    """Whether the current view matches the selection. An index may lag behind."""
    at = position(view)
    return (
        view.owner == wanted.owner
        and wanted.status in {None, view.status}
        and wanted.session in {None, view.request.get("session_id")}
        and wanted.target in {None, held_target(view)}
        and is_within(at, wanted)
        and (wanted.after is None or at < wanted.after)
    )


def is_within(at: str, wanted: Selection) -> bool:
    """Whether a position lies within the selected period."""
    return (wanted.since is None or moment(wanted.since) <= at) and (
        wanted.until is None or at < moment(wanted.until)
    )
