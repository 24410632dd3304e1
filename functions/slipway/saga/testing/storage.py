"""A store that injects a storage fault at the call that the fault names."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from slipway.messages.events import Event
from slipway.saga.errors import Unavailable
from slipway.saga.state import Saga
from slipway.saga.store import Change, Inbox, Store, TargetLock
from slipway.saga.testing.faults import STRIKES, Killed, StorageFault

T = TypeVar("T")
_THROTTLED = Unavailable("throttled", "the store is busy, planted by a test")


class FaultyStore:
    """Counts `load` and `commit` while `armed`, and injects faults only then; tests disarm it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fault: StorageFault | None = None
        self.armed = False
        self.calls: list[str] = []
        self.struck = 0

    def load(self, workflow_id: str) -> Saga:
        return self._around("load", lambda: self._store.load(workflow_id))

    def seen(self, workflow_id: str) -> Saga:
        """Load for the test itself: not counted, no fault."""
        return self._store.load(workflow_id)

    def commit(self, change: Change) -> None:
        self._around("commit", lambda: self._store.commit(change))

    def target(self, name: str) -> TargetLock:
        return self._store.target(name)

    def events(self, workflow_id: str, after: int = 0) -> Sequence[Event]:
        return self._store.events(workflow_id, after)

    def idle(self, before: datetime) -> Sequence[str]:
        return self._store.idle(before)

    def remembered(self, key: str) -> Inbox | None:
        return self._store.remembered(key)

    def remember(self, inbox: Inbox) -> None:
        self._store.remember(inbox)

    def _around(self, name: str, call: Callable[[], T]) -> T:
        if not self.armed:
            return call()
        self.calls.append(name)
        fault = self._fault_here()
        if fault and fault.when == "before":
            self._strike(fault)
        answer = call()
        if fault and fault.when == "after":
            self._strike(fault)
        return answer

    def _fault_here(self) -> StorageFault | None:
        fault, number = self.fault, len(self.calls)
        if fault is None or number < fault.number:
            return None
        return fault if fault.kind == "outage" or number == fault.number else None

    def _strike(self, fault: StorageFault) -> None:
        self.struck += 1
        if fault.kind in {"throttled", "outage", "lost"}:
            raise _THROTTLED
        STRIKES[fault.kind]()
        raise Killed  # not reached: every strike raises
