"""The port to the write table: one read of a whole saga, one transaction per change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slipway.messages.events import Event
from slipway.saga.state import Saga, StepRecord, WorkflowRecord


class NotFound(Exception):  # noqa: N818  (named by the condition)
    """No such workflow."""


class Conflict(Exception):  # noqa: N818  (named by the condition)
    """Somebody else changed the workflow since it was loaded: load again and decide anew."""


class TargetLocked(Exception):  # noqa: N818  (named by the condition)
    """Another workflow owns the deployment target. `holder` is its id."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@dataclass(frozen=True)
class Inbox:
    """Remembers a command by its idempotency key, in the same transaction as its effect."""

    key: str
    fingerprint: str
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One transaction. `expected_version` 0 means that the workflow must not exist yet."""

    expected_version: int
    workflow: WorkflowRecord
    steps: tuple[StepRecord, ...] = ()
    events: tuple[Event, ...] = ()
    inbox: Inbox | None = None
    acquire_lock: str | None = None
    release_lock: str | None = None


class Store(Protocol):
    """`commit` writes everything of a change or nothing."""

    def load(self, workflow_id: str) -> Saga:
        """Raises NotFound."""
        ...

    def commit(self, change: Change) -> None:
        """Raises Conflict or TargetLocked."""
        ...

    def events(self, workflow_id: str, after: int = 0) -> Sequence[Event]:
        """In order; those with a sequence greater than `after`."""
        ...

    def idle(self, before: datetime) -> Sequence[str]:
        """Ids of the workflows that are not over and were last changed before this time."""
        ...

    def remembered(self, key: str) -> Inbox | None:
        """The answer that a command with this idempotency key was given."""
        ...
