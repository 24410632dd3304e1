"""The records of one table's stream, stored until every reader has taken them."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from slipway_local.activity import Activity

Record = dict[str, Any]


class ChangeLog:
    """One shard, in the order of the writes. Readers are identified by number.

    Only the numbers of records are in memory, as a reader may be far behind: `read` loads the
    records from the first to the last number. `forget` is called with the number of each record
    that every reader has taken.
    """

    def __init__(
        self,
        readers: int,
        activity: Activity,
        read: Callable[[int, int], Sequence[Record]],
        forget: Callable[[int], None],
    ) -> None:
        self._changed = threading.Condition()
        self._read, self._forget = read, forget
        self._numbers: list[int] = []
        self._first = 0
        self._positions = [0] * readers
        self._activity = activity
        self._closed = False

    def note(self, number: int) -> None:
        with self._changed:
            for _ in self._positions:
                self._activity.begin()
            self._numbers.append(number)
            self._changed.notify_all()

    def wait_for_records(self, reader: int, at_most: int) -> Sequence[Record]:
        """Block until there are records; an empty result means that the log is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._pending(reader))
            start = self._positions[reader] - self._first
            wanted = [] if self._closed else self._numbers[start : start + at_most]
        return self._read(wanted[0], wanted[-1]) if wanted else []

    def _pending(self, reader: int) -> bool:
        return self._positions[reader] < self._first + len(self._numbers)

    def taken(self, reader: int, count: int) -> None:
        """Mark the next `count` records as processed by this reader."""
        with self._changed:
            self._positions[reader] += count
            slowest = min(self._positions)
            passed = slowest - self._first
            forgotten = self._numbers[:passed]
            del self._numbers[:passed]
            self._first = slowest
        for number in forgotten:
            self._forget(number)
        for _ in range(count):
            self._activity.end()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
