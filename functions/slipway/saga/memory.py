"""An in-memory write table, for tests and for sagas that run in process."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from slipway.messages.events import Event
from slipway.saga.state import Saga
from slipway.saga.store import Change, Conflict, Inbox, NotFound, SessionNotOpen, TargetLock


class MemoryStore:
    """Follows the rules of the real table: atomic commits, optimistic locking by version."""

    def __init__(self) -> None:
        self._sagas: dict[str, Saga] = {}
        self._events: dict[str, list[Event]] = defaultdict(list)
        self._inbox: dict[str, Inbox] = {}
        self._locks: dict[str, TargetLock] = {}
        self._guard = threading.Lock()

    def load(self, workflow_id: str) -> Saga:
        with self._guard:
            if workflow_id not in self._sagas:
                raise NotFound(workflow_id)
            return self._sagas[workflow_id]

    def commit(self, change: Change) -> None:
        workflow_id = change.workflow.workflow_id
        with self._guard:
            self._check(change)
            lock = change.locked(self._lock(change.target)) if change.target else None
            self._check_session(change)
            before = self._sagas.get(workflow_id)
            steps = {**(before.steps if before else {}), **{s.name: s for s in change.steps}}
            self._sagas[workflow_id] = Saga(workflow=change.workflow, steps=steps)
            self._events[workflow_id].extend(change.events)
            if change.inbox:
                self._inbox[change.inbox.key] = change.inbox
            if lock:
                self._locks[lock.target] = lock

    def _check(self, change: Change) -> None:
        workflow_id = change.workflow.workflow_id
        before = self._sagas.get(workflow_id)
        if (before.workflow.version if before else 0) != change.expected_version:
            raise Conflict(workflow_id)
        self._check_unused(change.inbox)

    def _check_unused(self, inbox: Inbox | None) -> None:
        if inbox and inbox.key in self._inbox:
            raise Conflict(inbox.key)

    def _check_session(self, change: Change) -> None:
        """This store has no sessions; see `slipway.accounts.memory`."""
        if change.within_session:
            raise SessionNotOpen(change.within_session)

    def target(self, name: str) -> TargetLock:
        with self._guard:
            return self._lock(name)

    def _lock(self, name: str) -> TargetLock:
        return self._locks.get(name) or TargetLock(target=name)

    def events(self, workflow_id: str, after: int = 0) -> Sequence[Event]:
        with self._guard:
            return [e for e in self._events[workflow_id] if e.sequence > after]

    def idle(self, before: datetime) -> Sequence[str]:
        with self._guard:
            workflows = [saga.workflow for saga in self._sagas.values()]
        return [w.workflow_id for w in workflows if not w.is_over and w.updated_at < before]

    def remembered(self, key: str) -> Inbox | None:
        with self._guard:
            return self._inbox.get(key)

    def remember(self, inbox: Inbox) -> None:
        with self._guard:
            self._check_unused(inbox)
            self._inbox[inbox.key] = inbox

    def claim(self, inbox: Inbox) -> Inbox:
        with self._guard:
            return self._inbox.setdefault(inbox.key, inbox)
