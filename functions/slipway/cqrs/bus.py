"""Buses: messages find their handler by their type, and their answer comes back as a Result."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Concatenate, TypeAlias, TypeVar

from pydantic import BaseModel

from slipway.cqrs.authority import IDENTIFIED
from slipway.cqrs.delivery import (
    Claims,
    Delivery,
    Handler,
    Middleware,
    Remembers,
    Route,
    guarded,
    serve,
)
from slipway.cqrs.request import Call
from slipway.cqrs.result import Err, Result

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R")
Function: TypeAlias = Callable[Concatenate[M, Call, ...], R]
"""Of a message and its call; further arguments are ports."""
_NONE: Mapping[str, Callable[[], object]] = {}


class AlreadyHandled(Exception):  # noqa: N818  (named by the condition)
    """A message has one handler."""


class Unhandled(Exception):  # noqa: N818  (named by the condition)
    """Nobody has registered a handler for messages of this type."""


class Bus:
    """`observers` see all that arrives, `middleware` only what could be read; outermost first.

    Each is a plain function from a handler to a handler; what it raises is answered as an Err.
    """

    def __init__(
        self, middleware: Sequence[Middleware] = (), observers: Sequence[Middleware] = ()
    ) -> None:
        self._routes: dict[type[BaseModel], Route] = {}
        self._observers = observers
        self._handle = _around(_around(serve, middleware), observers)

    def register(
        self,
        message: type[M],
        function: Function[M, Any],
        *,
        scope: str = IDENTIFIED,
        ports: Mapping[str, Callable[[], object]] = _NONE,
        inbox: Callable[[], Remembers] | None = None,
        claims: Callable[[], Claims] | None = None,
        conditional: bool = False,
    ) -> None:
        """`function(message, call, **ports)`; see Route. Raises AlreadyHandled.

        `authorization` serves whoever has an identity, unless a `scope` is named or PUBLIC is.
        """
        if message in self._routes:
            there = self._routes[message].function
            raise AlreadyHandled(f"{message.__name__} is handled by {there.__qualname__}")
        self._routes[message] = Route(message, function, scope, ports, inbox, claims, conditional)

    def handles(
        self,
        message: type[M],
        *,
        scope: str = IDENTIFIED,
        ports: Mapping[str, Callable[[], object]] = _NONE,
    ) -> Callable[[Function[M, R]], Function[M, R]]:
        """`register`, as a decorator."""

        def registered(function: Function[M, R]) -> Function[M, R]:
            self.register(message, function, scope=scope, ports=ports)
            return function

        return registered

    def route(self, message: type[BaseModel]) -> Route:
        """Raises Unhandled."""
        if message not in self._routes:
            raise Unhandled(message.__name__)
        return self._routes[message]

    def deliver(
        self, message: type[BaseModel], fields: Mapping[str, Any], call: Call
    ) -> Result[Any]:
        """What came from outside, as the fields of a message that are yet to be checked."""
        return self._handle(Delivery(self.route(message), fields, call))

    def refuse(self, message: type[BaseModel], refusal: Err[Exception], call: Call) -> Result[Any]:
        """What could not be read, or came from nobody: seen by the observers, served by no one."""
        return _around(lambda _: refusal, self._observers)(Delivery(self.route(message), {}, call))

    def _send(self, message: BaseModel, call: Call) -> Result[Any]:
        return self._handle(Delivery(self.route(type(message)), message, call))


class CommandBus(Bus):
    """Commands change state."""

    def send(self, command: BaseModel, call: Call) -> Result[Any]:
        """Raises Unhandled, and nothing else."""
        return self._send(command, call)


class QueryBus(Bus):
    """Queries change nothing."""

    def ask(self, query: BaseModel, call: Call) -> Result[Any]:
        """Raises Unhandled, and nothing else."""
        return self._send(query, call)


def _around(handler: Handler, middleware: Sequence[Middleware]) -> Handler:
    """The first of the middleware is the outermost; whatever one raises is its answer."""
    return reduce(lambda inner, wrap: guarded(wrap(inner)), reversed(middleware), guarded(handler))
