"""What the handlers saw, for the tests to look at; in one process that is a list."""

import threading
from collections import defaultdict
from typing import Any

SEEN: defaultdict[str, list[Any]] = defaultdict(list)
TROUBLE: defaultdict[str, list[Exception]] = defaultdict(list)
"""What a handler raises next, by the name of what it handles."""
GATES: dict[str, threading.Event] = {}
"""What a handler waits for, by the name of what it handles."""


def note(kind: str, value: Any) -> None:
    SEEN[kind].append(value)


def trouble(name: str) -> None:
    if name in GATES:
        GATES[name].wait(20)
    if TROUBLE[name]:
        raise TROUBLE[name].pop(0)


def forget() -> None:
    SEEN.clear()
    TROUBLE.clear()
    GATES.clear()
