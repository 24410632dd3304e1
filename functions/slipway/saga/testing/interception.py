"""Wraps the ports of a step, to observe or intercept every call."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from slipway.saga.step import Behaviour

T = TypeVar("T")
Around = Callable[[str, Callable[[], Any]], Any]
"""Called with the name of a port call and the call itself; returns the call's result."""
_PLAIN = (str, bytes, int, float)


def intercepted(behaviour: Behaviour, action: str, around: Around) -> Behaviour:
    """Pass each port call of `action` through `around`; execute includes the intent function."""

    def watched(function: Callable[..., T]) -> Callable[..., T]:
        def call(*args: Any, **ports: Any) -> T:
            return function(*args, **{n: _watched(n, port, around) for n, port in ports.items()})

        return call

    if action == "compensate":
        return replace(behaviour, compensate=watched(behaviour.compensate))
    if action == "look":
        return replace(behaviour, look=behaviour.look and watched(behaviour.look))
    intent = watched(behaviour.intent) if behaviour.intent else None
    return replace(behaviour, execute=watched(behaviour.execute), intent=intent)


def _watched(name: str, port: Any, around: Around) -> Any:
    return port if port is None or isinstance(port, _PLAIN) else _Port(name, port, around)


class _Port:
    """Proxy of a port, which may be an object with methods, a function, or a record."""

    def __init__(self, name: str, port: Any, around: Around) -> None:
        self._name, self._port, self._around = name, port, around

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._port, attribute)
        if not callable(value):
            return value
        name = f"{self._name}.{attribute}"
        return lambda *args, **kwargs: self._around(name, lambda: value(*args, **kwargs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._around(self._name, lambda: self._port(*args, **kwargs))
