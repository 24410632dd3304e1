"""Replace an attribute for the duration of a block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def replaced(owner: Any, name: str, instead: Any) -> Iterator[None]:
    """The owner itself must have the attribute, so that a renamed one raises KeyError."""
    before = vars(owner)[name]
    setattr(owner, name, instead)
    try:
        yield
    finally:
        setattr(owner, name, before)
