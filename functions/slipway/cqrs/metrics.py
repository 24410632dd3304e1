"""The port that measurements leave through."""

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
        """Together, under one moment. `of` says of what, as dimensions besides the stage."""
        ...


def unmeasured(*measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
    """Where nobody collects measurements."""
