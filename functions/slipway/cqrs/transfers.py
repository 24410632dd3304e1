"""The port for presigned URLs, with which clients transfer objects directly."""

from typing import Protocol

from slipway.messages.views import Link


class Transfers(Protocol):
    """Presigned URLs for one object each. Raises Unavailable."""

    def to_put(self, key: str, size_bytes: int | None) -> Link:
        """With `size_bytes` the bucket accepts exactly that size."""
        ...

    def to_get(self, key: str) -> Link: ...
