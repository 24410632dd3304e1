"""Middleware for handlers: correlation, deadlines and recovery from exceptions."""

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
    """The attributes of the message being served, inside `correlation`; None outside."""
    return _serving.get()


def correlation(handler: AnyHandler) -> AnyHandler:
    """Fill in missing ids of follow-ups; `with_ids` adds the message's ids to log records."""

    def serve(message: Message[Any]) -> Iterable[Message[Any]]:
        before = _serving.set(message.attributes)
        try:
            return tuple(_caused(each, message.attributes) for each in handler(message) or ())
        finally:
            _serving.reset(before)

    return serve


def _caused(follow_up: Message[Any], parent: Attributes) -> Message[Any]:
    """A follow-up that names its own cause or correlation keeps it."""
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
    """Raise DeadlinePassed for a message that is too late. Handlers can call `remaining_s`."""

    def serve(message: Message[Any]) -> Iterable[Message[Any]] | None:
        due = message.attributes.deadline
        if due and due <= clock():
            raise DeadlinePassed(due)
        return handler(message)

    return serve


def remaining_s(message: Message[Any], clock: Clock = utc_now) -> float | None:
    """Seconds until the message's deadline, at least 0; None without a deadline."""
    if message.attributes.deadline is None:
        return None
    return max(0.0, (message.attributes.deadline - clock()).total_seconds())


def recover(handler: AnyHandler) -> AnyHandler:
    """Turn an exception into a nack, without follow-ups."""

    def serve(message: Message[Any]) -> Iterable[Message[Any]]:
        try:
            return tuple(handler(message) or ())
        except Exception as error:  # noqa: BLE001  (reported as a nack)
            blame([message], error)
            return ()

    return serve
