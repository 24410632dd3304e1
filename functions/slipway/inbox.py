"""The inbox record, which makes a command idempotent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Inbox:
    """A command's idempotency key, fingerprint and answer.

    Written in the transaction of the command's effect, if it has one. Without an `answer` it is a
    claim of the key, written before the command acted.
    """

    key: str
    fingerprint: str
    answer: Mapping[str, Any] | None = None
