"""The port that measurements leave through."""

from typing import Protocol


class Measure(Protocol):
    def __call__(self, name: str, value: float, unit: str) -> None:
        """`unit` is one of CloudWatch's, such as Milliseconds or Count."""
        ...


def unmeasured(name: str, value: float, unit: str) -> None:
    """Where nobody collects measurements."""
