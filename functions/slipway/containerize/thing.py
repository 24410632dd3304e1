"""What a sweep finds, and how a part of the world is swept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slipway.saga.state import Saga


@dataclass(frozen=True)
class Thing:
    """`handle` is what its part needs to remove it. `kept`: why it stays, when that is known."""

    kind: str
    name: str
    workflow_id: str
    instance: str | None
    created_at: datetime | None
    handle: Any = None
    kept: str | None = None


@dataclass(frozen=True)
class Found:
    """`unseen`: what could not be looked at, with the reason. Things in it are not among these."""

    things: Sequence[Thing]
    unseen: Sequence[str] = ()


class Part(Protocol):
    """One part of the outside world. Everything raises Rejected or Unavailable."""

    def find(self) -> Found:
        """Everything that any Slipway made here, whatever became of its workflow."""
        ...

    def judge(self, saga: Saga | None, things: Sequence[Thing]) -> Sequence[Thing]:
        """Those of one workflow that is over, with the reasons why some of them stay.

        `saga` is None for a workflow that nobody knows.
        """
        ...

    def remove(self, things: Sequence[Thing]) -> Iterator[tuple[Thing, str | None]]:
        """Each of what `judge` answered with why it is still there, None: it is gone."""
        ...
