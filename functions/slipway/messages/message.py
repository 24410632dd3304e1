"""A message: its data, its attributes, and the ack or nack to its source."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Generic, TypeVar
from uuid import NAMESPACE_OID, uuid5

from slipway.messages.acking import Acking
from slipway.messages.attributes import Attributes

T_co = TypeVar("T_co", covariant=True)
D = TypeVar("D")
_log = logging.getLogger("slipway.messages")


@dataclass(frozen=True)
class Message(Generic[T_co]):
    """The repr omits the data, so that no log shows it."""

    data: T_co = field(repr=False)
    attributes: Attributes
    acking: Acking = field(default_factory=Acking, repr=False, compare=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False, compare=False)

    def ack(self) -> bool:
        """Report it as served. Return False if it was nacked before."""
        return self.acking.ack()

    def nack(self, error: BaseException) -> bool:
        """Report it as failed with this error. Return False if it was acked before."""
        return self.acking.nack(error)

    def with_data(self, data: D) -> "Message[D]":
        """The same message with other data: acking either of the two acks both."""
        return Message(data, self.attributes, self.acking, self._numbers)

    def with_acking(self, acking: Acking) -> "Message[T_co]":
        return replace(self, acking=acking)

    def derive(
        self,
        *,
        type: str,  # noqa: A002  (the attribute's name)
        data: D,
        id: str | None = None,  # noqa: A002  (same)
        **attributes: Any,
    ) -> "Message[D]":
        """Create a follow-up: with this message's correlation id and deadline, and caused by it.

        Without `id` the id is made of this message's source and id, the type, and how many were
        derived before: a handler that derives in the same order gets the same ids when the message
        is redelivered. Other attributes are as given; `source` defaults to this message's.
        """
        mine = self.attributes
        defaults = {
            "id": id or self._next_id(type),
            "source": mine.source,
            "correlation_id": mine.correlation_id or mine.id,
            "causation_id": mine.id,
            "deadline": mine.deadline,
        }
        return Message(data, Attributes(type=type, **{**defaults, **attributes}))

    def _next_id(self, type_name: str) -> str:
        mine = self.attributes
        parts = (mine.source, mine.id, type_name, str(next(self._numbers)))
        return str(uuid5(NAMESPACE_OID, "\n".join(parts)))


def blame(messages: Sequence[Message[Any]], error: BaseException) -> None:
    """Nack the first message that is not acked. Log an error that no nack can report any more."""
    blamed = next((message for message in messages if message.nack(error)), None)
    if blamed is None or blamed.acking.error is not error:
        _log.error("message_failed_when_settled", exc_info=error)
