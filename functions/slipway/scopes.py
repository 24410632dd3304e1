"""Providers: dependencies built once, on first use, and replaceable within a `use` block."""

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
_names = set[str]()
"""Of all providers that have been defined."""


def provider(build: Callable[[], T]) -> Callable[[], T]:
    """Cache the result of `build`, under a lock per provider: builds do not wait for each other."""
    name, guard = build.__name__, threading.Lock()
    _names.add(name)

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
    """Replace dependencies within the block, by stand-ins for a rehearsal or a test.

    Those that were built before are built again inside the block, from the given ones.
    """
    if unknown := ports.keys() - _names:
        raise TypeError(f"there is no provider of {', '.join(sorted(unknown))}")
    instead = {**_scopes[-1].instead, **ports}
    _scopes.append(_Scope(instead, dict(instead)))
    try:
        yield
    finally:
        _scopes.pop()
