"""Errors of messages. They contain names of fields, never values."""

from collections.abc import Collection
from datetime import datetime


class MessageError(Exception):
    """Base class of all errors of this layer."""


class InvalidMessage(MessageError):  # noqa: N818  (named by the condition)
    """`where` is the wire name of an attribute, or `data`."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class UnknownType(MessageError):  # noqa: N818  (named by the condition)
    """Nothing is registered for this type of message, or of data."""

    def __init__(self, type_name: str, known: Collection[str]) -> None:
        super().__init__(f"{type_name!r} is not one of {sorted(known)}")
        self.type_name = type_name
        self.known = frozenset(known)


class AlreadyRegistered(MessageError):  # noqa: N818  (named by the condition)
    """Each type has one handler, and each name one class."""


class DeadlinePassed(MessageError):  # noqa: N818  (named by the condition)
    def __init__(self, deadline: datetime) -> None:
        super().__init__(f"the deadline was {deadline.isoformat()}")
        self.deadline = deadline


class HeldBack(MessageError):  # noqa: N818  (named by the condition)
    """Not served: a message that it must not overtake has failed."""


class InvalidBatch(MessageError):  # noqa: N818  (named by the condition)
    """Malformed: the failed records cannot be named, so the whole batch must be redelivered."""
