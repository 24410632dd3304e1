"""What goes around a handler: plain functions from a handler to a handler."""

import logging
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from slipway.messages.attributes import Attributes
from slipway.messages.clock import Clock, utc_now
from slipway.messages.errors import DeadlinePassed
from slipway.messages.handler import AnyHandler
from slipway.messages.message import Message, blame

_serving: ContextVar[Attributes | None] = ContextVar("serving", default=None)


def serving() -> Attributes | None:
    """Of the message that is being served, inside `correlation`; None outside."""
    return _serving.get()


def correlation(handler: AnyHandler) -> AnyHandler:
    """What follows gets the ids that it lacks; log records, by `with_ids`, those of the message."""

    def serve(message: Message[Any]) -> Iterable[Message[Any]]:
        before = _serving.set(message.attributes)
        try:
            return tuple(_caused(each, message.attributes) for each in handler(message) or ())
        finally:
            _serving.reset(before)

    return serve


def _caused(follow_up: Message[Any], parent: Attributes) -> Message[Any]:
    """What names its own cause or correlation keeps it."""
    mine = follow_up.attributes
    filled = replace(
        mine,
        correlation_id=mine.correlation_id or parent.correlation_id or parent.id,
        causation_id=mine.causation_id or parent.id,
        deadline=mine.deadline or parent.deadline,
    )
    return replace(follow_up, attributes=filled)


def with_ids(record: logging.LogRecord) -> bool:
    """A filter for a logging handler: adds message_id, message_type, correlation_id."""
    attributes = _serving.get()
    if attributes:
        record.message_id = attributes.id
        record.message_type = attributes.type
        record.correlation_id = attributes.correlation_id or attributes.id
    return True


def deadline(handler: AnyHandler, clock: Clock = utc_now) -> AnyHandler:
    """Refuses with DeadlinePassed what comes too late; a handler asks `remaining_s`."""

    def serve(message: Message[Any]) -> Iterable[Message[Any]] | None:
        due = message.attributes.deadline
        if due and due <= clock():
            raise DeadlinePassed(due)
        return handler(message)

    return serve


def remaining_s(message: Message[Any], clock: Clock = utc_now) -> float | None:
    """Until the message's deadline, at least 0; None when it has none."""
    if message.attributes.deadline is None:
        return None
    return max(0.0, (message.attributes.deadline - clock()).total_seconds())


def recover(handler: AnyHandler) -> AnyHandler:
    """An exception becomes a nack with it; nothing follows then."""

    def serve(message: Message[Any]) -> Iterable[Message[Any]]:
        try:
            return tuple(handler(message) or ())
        except Exception as error:  # noqa: BLE001  (it goes on, as a nack)
            blame([message], error)
            return ()

    return serve
