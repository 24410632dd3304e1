"""The port to the read side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from slipway.messages.views import TimelineItem, WorkflowView


class Outdated(Exception):  # noqa: N818  (named by the condition)
    """The view was written by somebody else meanwhile: read it again and fold anew."""


@dataclass(frozen=True)
class Selection:
    """One owner's workflows. `since` is inclusive, `until` is not; `after` is a position."""

    owner: str
    status: str | None = None
    session: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True)
class Selected:
    """Newest first. `position` is that of the last one looked at; None when there are no more."""

    views: Sequence[WorkflowView]
    position: str | None


class Views(Protocol):
    """All methods raise Unavailable."""

    def get(self, workflow_id: str) -> WorkflowView | None: ...
    def timeline(self, workflow_id: str) -> Sequence[TimelineItem]: ...
    def select(self, selection: Selection) -> Selected: ...
    def save(self, view: WorkflowView, items: Sequence[TimelineItem], replaces: int) -> None:
        """`replaces` is the version that must be there now, 0 for none. Raises Outdated."""
        ...


class RebuildableViews(Views, Protocol):
    """A read table as a rebuild needs it."""

    def clear(self) -> bool:
        """Remove some of all that is there; whether there may be more."""
        ...

    def replace(self, view: WorkflowView, items: Sequence[TimelineItem]) -> None:
        """Whatever is there of this workflow, unless it is of a later version."""
        ...


def position(view: WorkflowView) -> str:
    """Sorts by time, then by id."""
    return f"{moment(view.created_at)}#{view.workflow_id}"


def moment(time: datetime) -> str:
    """Of fixed width, so that its text sorts as the time does."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def is_listed(view: WorkflowView, wanted: Selection) -> bool:
    """Whether the view, as it is now, belongs to what was asked for. An index may lag."""
    at = position(view)
    return (
        view.owner == wanted.owner
        and wanted.status in {None, view.status}
        and wanted.session in {None, view.request.get("session_id")}
        and (wanted.since is None or moment(wanted.since) <= at)
        and (wanted.until is None or at < moment(wanted.until))
        and (wanted.after is None or at < wanted.after)
    )
