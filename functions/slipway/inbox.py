"""The inbox record, which makes a command idempotent."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Inbox:
    """A command's idempotency key, fingerprint and answer.

    Written in the transaction of the command's effect, if it has one. `answer` is JSON; without
    one the record is a claim of the key, written before the command acted.
    """

    key: str
    fingerprint: str
    answer: Any = None
