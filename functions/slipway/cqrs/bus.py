"""Command and query buses: dispatch a message to the handler of its type and return a Result."""

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
    check_answers,
    guarded,
    serve,
)
from slipway.cqrs.request import Call
from slipway.cqrs.result import Err, Result

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R")
Function: TypeAlias = Callable[Concatenate[M, Call, ...], R]
"""A handler of a message and its call; further arguments are ports."""
_NONE: Mapping[str, Callable[[], object]] = {}


class AlreadyHandled(Exception):  # noqa: N818  (named by the condition)
    """A message type has exactly one handler."""


class Unhandled(Exception):  # noqa: N818  (named by the condition)
    """No handler is registered for messages of this type."""


class Bus:
    """`observers` wrap all that arrives, `middleware` only what could be read; outermost first.

    Each is a function from a handler to a handler; an exception that it raises becomes an Err.
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
        """Register `function(message, call, **ports)`; see Route. Raises AlreadyHandled.

        With an `inbox`, raises TypeError if the function is not annotated with what it returns.

        With `authorization`, any identified caller is served, unless a `scope` is named or PUBLIC
        is.
        """
        if message in self._routes:
            there = self._routes[message].function
            raise AlreadyHandled(f"{message.__name__} is handled by {there.__qualname__}")
        route = Route(message, function, scope, ports, inbox, claims, conditional)
        if inbox:
            check_answers(route)
        self._routes[message] = route

    def handles(
        self,
        message: type[M],
        *,
        scope: str = IDENTIFIED,
        ports: Mapping[str, Callable[[], object]] = _NONE,
    ) -> Callable[[Function[M, R]], Function[M, R]]:
        """Decorator form of `register`."""

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
        """Dispatch a message from outside, given as fields that are not validated yet."""
        return self._handle(Delivery(self.route(message), fields, call))

    def refuse(self, message: type[BaseModel], refusal: Err[Exception], call: Call) -> Result[Any]:
        """Report the refusal of an unreadable or unauthenticated message to the observers only."""
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
    """The first middleware is the outermost; an exception from any of them becomes an Err."""
    return reduce(lambda inner, wrap: guarded(wrap(inner)), reversed(middleware), guarded(handler))
