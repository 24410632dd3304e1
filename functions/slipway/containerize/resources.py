"""The resources that a sweep finds, and the protocol of each part that is swept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slipway.saga.state import Saga


@dataclass(frozen=True)
class Resource:
    """A resource. `handle` is what its part needs to remove it; `kept` is why it stays, if so."""

    kind: str
    name: str
    workflow_id: str
    instance: str | None
    created_at: datetime | None
    handle: Any = None
    kept: str | None = None


@dataclass(frozen=True)
class Found:
    """`unseen`: places that could not be read, with the reason; no resource is from there."""

    resources: Sequence[Resource]
    unseen: Sequence[str] = ()


class Sweepable(Protocol):
    """One external system to sweep. All methods raise Rejected or Unavailable."""

    def find(self) -> Found:
        """Return all resources created by any installation, whatever their workflow's status."""
        ...

    def judge(self, saga: Saga | None, resources: Sequence[Resource]) -> Sequence[Resource]:
        """Return the resources of one finished workflow, with `kept` set on those that stay.

        `saga` is None for an unknown workflow.
        """
        ...

    def remove(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, str | None]]:
        """Remove resources returned by `judge`; yield each with why it remains, None if removed."""
        ...
