"""Count work in progress, so that callers can wait until the system is idle."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Activity:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way = 0

    def begin(self) -> None:
        with self._changed:
            self._under_way += 1

    def end(self) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()

    def wait_idle(self, timeout_s: float) -> bool:
        """Return False if work is still in progress after that time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, timeout_s)
