"""Things that are built on first use, once, and replaced for as long as a block runs."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Scope:
    instead: Mapping[str, object] = field(default_factory=dict)
    built: dict[str, Any] = field(default_factory=dict)


_scopes = [_Scope()]


def provider(build: Callable[[], T]) -> Callable[[], T]:
    """Each under a lock of its own: who needs one port does not wait for another to be built."""
    name, guard = build.__name__, threading.Lock()

    def provide() -> T:
        scope = _scopes[-1]
        with guard:
            if name not in scope.built:
                scope.built[name] = build()
            value: T = scope.built[name]
            return value

    provide.__name__ = name
    provide.__doc__ = build.__doc__
    return provide


@contextmanager
def use(**ports: object) -> Iterator[None]:
    """Serve these instead, for as long as the block runs: stand-ins of a rehearsal, or of a test.

    What was built before is built anew inside, so that it is made of the given ports.
    """
    instead = {**_scopes[-1].instead, **ports}
    _scopes.append(_Scope(instead, dict(instead)))
    try:
        yield
    finally:
        _scopes.pop()
