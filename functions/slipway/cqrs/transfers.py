"""The port for objects that a client moves itself, past our functions."""

from typing import Protocol

from slipway.messages.views import Link


class Transfers(Protocol):
    """Signed URLs for one object each. Raises Unavailable."""

    def to_put(self, key: str, size_bytes: int | None) -> Link:
        """With `size_bytes` the bucket takes exactly as many."""
        ...

    def to_get(self, key: str) -> Link: ...
