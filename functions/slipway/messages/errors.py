"""What can be wrong with a message. Only names of fields are told, never their values."""

from collections.abc import Collection
from datetime import datetime


class MessageError(Exception):
    """The base of all errors of this layer."""


class InvalidMessage(MessageError):  # noqa: N818  (named by the condition)
    """`where` is an attribute as it is called on the wire, or `data`."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class UnknownType(MessageError):  # noqa: N818  (named by the condition)
    """Nothing is registered for this type of message, or of data."""

    def __init__(self, type_name: str, known: Collection[str]) -> None:
        super().__init__(f"{type_name!r} is not among {sorted(known)}")
        self.type_name = type_name
        self.known = frozenset(known)


class AlreadyRegistered(MessageError):  # noqa: N818  (named by the condition)
    """Each type has one handler, and each name one class."""


class DeadlinePassed(MessageError):  # noqa: N818  (named by the condition)
    def __init__(self, deadline: datetime) -> None:
        super().__init__(f"the deadline was {deadline.isoformat()}")
        self.deadline = deadline


class HeldBack(MessageError):  # noqa: N818  (named by the condition)
    """Not served: one before it, which it must not overtake, has failed."""


class InvalidBatch(MessageError):  # noqa: N818  (named by the condition)
    """Not even what to send again can be named: the whole batch has to come again."""
