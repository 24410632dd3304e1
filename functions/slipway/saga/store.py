"""The port to the write table: one read of a whole saga, one transaction per change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from slipway.errors import Conflict, Refused
from slipway.inbox import Inbox
from slipway.messages.events import Event
from slipway.saga.state import Saga, Status, StepRecord, WorkflowRecord
from slipway.saga.target_lock import Superseded, TargetFree, TargetLock, TargetLocked

__all__ = [
    "Change",
    "Conflict",
    "Inbox",
    "NotFound",
    "SessionNotOpen",
    "Store",
    "Superseded",
    "TargetFree",
    "TargetLock",
    "TargetLocked",
]


class NotFound(Refused):
    """No such workflow."""

    def __init__(self, workflow_id: str) -> None:
        super().__init__(
            "not_found",
            "the workflow does not exist or is not yours",
            fix="use an id from your list of workflows",
        )
        self.workflow_id = workflow_id


class SessionNotOpen(Exception):  # noqa: N818  (named by the condition)
    """The session is closed, expired, missing or owned by somebody else. `session_id` names it."""

    def __init__(self, session_id: str) -> None:
        super().__init__(session_id)
        self.session_id = session_id


@dataclass(frozen=True)
class Change:
    """One transaction. `expected_version` 0 requires that the workflow does not exist yet.

    Four fields name a deployment target: `acquire_lock` takes its lock, with `takes_back` only
    while the workflow's own deployment is the newest; `join_queue` queues for it; `release_lock`
    frees it at the end, and adds or removes the deployment; `holds_lock` requires that the lock is
    still held. `within_session` requires that this session is open and belongs to the owner.
    """

    expected_version: int
    workflow: WorkflowRecord
    steps: tuple[StepRecord, ...] = ()
    events: tuple[Event, ...] = ()
    inbox: Inbox | None = None
    acquire_lock: str | None = None
    release_lock: str | None = None
    join_queue: str | None = None
    holds_lock: str | None = None
    takes_back: bool = False
    within_session: str | None = None

    @property
    def target(self) -> str | None:
        return self.acquire_lock or self.release_lock or self.join_queue or self.holds_lock

    def locked(self, lock: TargetLock) -> TargetLock:
        """The lock after this change. Raises TargetLocked, TargetFree or Superseded."""
        me = self.workflow.workflow_id
        if self.acquire_lock:
            return lock.acquired(me, to_take_back=self.takes_back)
        if self.join_queue:
            return lock.joined(me)
        if self.release_lock:
            return lock.released(me, deployed=self.workflow.status is Status.COMPLETED)
        return lock.held(me)


class Store(Protocol):
    """The write table. `commit` is atomic."""

    def load(self, workflow_id: str) -> Saga:
        """Raises NotFound."""
        ...

    def commit(self, change: Change) -> None:
        """Raises Conflict, TargetLocked, TargetFree, Superseded or SessionNotOpen."""
        ...

    def target(self, name: str) -> TargetLock:
        """The target's lock; free if the target was never used."""
        ...

    def events(self, workflow_id: str, after: int = 0) -> Sequence[Event]:
        """Events with a sequence greater than `after`, in order."""
        ...

    def idle(self, before: datetime) -> Sequence[str]:
        """Ids of unfinished workflows that were last changed before this time."""
        ...

    def remembered(self, key: str) -> Inbox | None:
        """The inbox record of the command with this idempotency key; None if the key is unused."""
        ...

    def remember(self, inbox: Inbox) -> None:
        """Write an inbox record without any other change. Raises Conflict if the key is used."""
        ...
