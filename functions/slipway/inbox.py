"""What has been answered under a key, so that it is done once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Inbox:
    """Remembers a command by its idempotency key, in the same transaction as its effect.

    Without an `answer` it claims the key: it was written before the command acted.
    """

    key: str
    fingerprint: str
    answer: Mapping[str, Any] | None = None
