"""The port for metrics."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


class Measured(NamedTuple):
    """`unit` is one of CloudWatch's, such as Milliseconds or Count."""

    name: str
    value: float
    unit: str


class Meter(Protocol):
    def __call__(self, *measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
        """Record together, with one timestamp. `of` gives dimensions besides the stage."""
        ...


def unmeasured(*measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
    """A meter that discards everything."""
