"""Keeps the pages of lists below the size of a Lambda response."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

MAX_PAGE_BYTES = 4_000_000
"""A function may return 6 MB, the escapes of the JSON around the page included."""
T = TypeVar("T", bound=BaseModel)


def fitting(items: Sequence[T], limit_bytes: int = MAX_PAGE_BYTES) -> Sequence[T]:
    """Return the first items that fit, as JSON, into the limit; at least one."""
    size_bytes = 0
    for count, item in enumerate(items):
        size_bytes += len(item.model_dump_json())
        if count and size_bytes > limit_bytes:
            return items[:count]
    return items
