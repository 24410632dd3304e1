"""Types of handlers and middleware."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from slipway.messages.message import Message

D = TypeVar("D")
Handler = Callable[[Message[D]], Iterable[Message[Any]] | None]
"""Returns follow-up messages, if any. An exception nacks the message."""
AnyHandler = Handler[Any]
Middleware = Callable[[AnyHandler], AnyHandler]
