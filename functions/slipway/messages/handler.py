"""What serves a message, and what goes around it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from slipway.messages.message import Message

D = TypeVar("D")
Handler = Callable[[Message[D]], Iterable[Message[Any]] | None]
"""Answers what follows, if anything. Raises what the message is to be nacked with."""
AnyHandler = Handler[Any]
Middleware = Callable[[AnyHandler], AnyHandler]
