"""Route each message to the handler of its type, publish its follow-ups, then ack it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from slipway.messages.errors import AlreadyRegistered, UnknownType
from slipway.messages.handler import AnyHandler, Handler, Middleware
from slipway.messages.message import Message
from slipway.messages.validation import validate

D = TypeVar("D")
Publish = Callable[[Sequence[Message[Any]]], None]
"""Publishes follow-ups; raises if it cannot, and the message is then nacked."""


def discard(_follow_ups: Sequence[Message[Any]]) -> None:
    """Publish nothing: follow-ups are only returned by `serve`."""


class Router:
    """`middleware` wraps every handler; the first is outermost.

    `unknown` serves messages without a handler; by default they are nacked with UnknownType. Pass
    `ignore` to ack them instead.
    """

    def __init__(
        self,
        *middleware: Middleware,
        publish: Publish = discard,
        unknown: AnyHandler | None = None,
    ) -> None:
        self._handlers: dict[str, AnyHandler] = {}
        self._publish = publish
        self._unknown = unknown or self._refuse
        self._serve = _around(self._dispatch, middleware)

    @property
    def types(self) -> frozenset[str]:
        return frozenset(self._handlers)

    def on(self, type_name: str, data: type[D]) -> Callable[[Handler[D]], Handler[D]]:
        """Register a handler; data is validated as `data` first. Raises AlreadyRegistered."""

        def register(handler: Handler[D]) -> Handler[D]:
            if type_name in self._handlers:
                raise AlreadyRegistered(f"{type_name!r} has a handler")
            self._handlers[type_name] = validate(data)(handler)
            return handler

        return register

    def serve(self, message: Message[Any]) -> Sequence[Message[Any]]:
        """Ack the message once its follow-ups are published; on an exception nack it and re-raise.

        Return the follow-ups: none if a middleware nacked the message, as `recover` does.
        """
        try:
            follow_ups = tuple(self._serve(message) or ())
            if message.acking.error is not None:
                return ()
            self._publish(follow_ups)
        except BaseException as error:
            message.nack(error)
            raise
        message.ack()
        return follow_ups

    def _dispatch(self, message: Message[Any]) -> Iterable[Message[Any]]:
        handler = self._handlers.get(message.attributes.type, self._unknown)
        return tuple(handler(message) or ())  # consume a generator inside the middleware

    def _refuse(self, message: Message[Any]) -> None:
        raise UnknownType(message.attributes.type, self._handlers)


def ignore(_message: Message[Any]) -> None:
    """Do nothing, so that the message is acked."""


def _around(handler: AnyHandler, middleware: Sequence[Middleware]) -> AnyHandler:
    for wrap in reversed(middleware):
        handler = wrap(handler)
    return handler
