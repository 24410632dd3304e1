"""Limit the number of concurrent executions; the others wait in the order of their arrival."""

import threading
from collections.abc import Callable
from itertools import count

AT_ONCE = 16
"""Concurrent executions. Each takes three threads and some megabytes, and builds load the engine.

Executions that wait for a person or in a Wait state do not count.
"""
_LOOK_EVERY_S = 0.5


class Turns:
    """Grants turns to executions, by name, in order of arrival.

    A resumed execution precedes those that arrived after it. So every execution gets a turn, as
    long as each eventually ends or pauses.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._arrivals = count()
        self._came: dict[str, int] = {}
        self._waiting: dict[str, Callable[[], None]] = {}
        self._at_work: set[str] = set()
        self._paused: set[str] = set()
        self._closed = False

    def ask(self, name: str, begin: Callable[[], None]) -> None:
        """`begin` is called at this execution's turn, immediately or later by another thread."""
        with self._lock:
            self._came.setdefault(name, next(self._arrivals))
            if name not in self._at_work:
                self._waiting[name] = begin
        self._go_on()

    def withdraw(self, name: str) -> bool:
        """Return True if the execution had not begun, and now will not."""
        with self._lock:
            return name not in self._paused and self._waiting.pop(name, None) is not None

    def pause(self, name: str) -> None:
        with self._lock:
            self._at_work.discard(name)
            self._paused.add(name)
        self._go_on()

    def resume(self, name: str, wanted: Callable[[], bool]) -> None:
        """Block until it is this execution's turn again, or `wanted` returns False."""
        with self._lock:
            if name not in self._paused:
                return
        turn = threading.Event()
        self.ask(name, turn.set)
        while wanted() and not turn.wait(_LOOK_EVERY_S):
            pass
        with self._lock:
            self._waiting.pop(name, None)
            self._paused.discard(name)

    def end(self, name: str) -> None:
        with self._lock:
            self._came.pop(name, None)
            self._waiting.pop(name, None)
            self._at_work.discard(name)
            self._paused.discard(name)
        self._go_on()

    def close(self) -> None:
        """Prevent further executions from beginning."""
        with self._lock:
            self._closed = True

    def _go_on(self) -> None:
        while begin := self._next():
            begin()

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._closed or not self._waiting or len(self._at_work) >= self._at_once:
                return None
            name = min(self._waiting, key=self._came.__getitem__)
            self._at_work.add(name)
            return self._waiting.pop(name)
