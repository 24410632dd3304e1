"""Dead-letter events that cannot be delivered, and find them again for a redrive."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, get_args

from slipway.cqrs.views import Outdated
from slipway.errors import Conflict, StepError
from slipway.messages.events import Kind

_MAY_WORK_LATER = (StepError, Outdated, Conflict)
"""Caused by a service or a concurrent writer. Other errors are in the events, or in our code."""
_log = logging.getLogger("slipway.streams")


@dataclass(frozen=True)
class Subject:
    """Anything with its own events: a workflow or a session by id, a configuration by owner."""

    kind: Kind
    name: str

    @classmethod
    def of(cls, partition: str) -> Self | None:
        """Parse a partition key of the write table; None for a partition without events."""
        kind, _, name = partition.partition("#")
        return next((cls(each, name) for each in get_args(Kind) if each == kind), None)


class DeadLetters(Protocol):
    """Dead-letter port for subjects whose events fail permanently."""

    def __call__(self, subject: Subject, error: Exception) -> None:
        """Raises Unavailable."""
        ...


def dead_lettering(aside: DeadLetters | None) -> Callable[[Mapping[str, Any], BaseException], bool]:
    """A `give_up` for `serve_dynamodb`: dead-letters a partition that would block its shard."""

    def give_up(record: Mapping[str, Any], error: BaseException) -> bool:
        if aside is None or not isinstance(error, Exception) or _may_work_later(error):
            return False
        partition = record["dynamodb"]["Keys"]["pk"]["S"]
        subject = Subject.of(partition)
        if subject is None:
            return False
        try:
            aside(subject, error)
        except StepError:
            _log.exception("not_set_aside", extra={"partition": partition})
            return False
        # The alarm counts these lines: infra/alarms.yaml.
        _log.error("workflow_set_aside", extra={"partition": partition})
        return True

    return give_up


def _may_work_later(error: Exception) -> bool:
    """One transient error in a group is enough: the event is redelivered for all of them."""
    if isinstance(error, ExceptionGroup):
        return any(_may_work_later(each) for each in error.exceptions)
    return isinstance(error, _MAY_WORK_LATER)


@dataclass(frozen=True)
class Positions:
    """A range of records in a shard, from the first to the last."""

    stream: str
    shard: str
    first: str
    last: str
    count: int

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> Self:
        """Parse Lambda's `DDBStreamBatchInfo`."""
        first, last = info["startSequenceNumber"], info["endSequenceNumber"]
        return cls(info["streamArn"], info["shardId"], first, last, info["batchSize"])


class StreamPositions(Protocol):
    def subjects(self, positions: Positions) -> Sequence[Subject]:
        """Return every subject with events in this range. Raises Unavailable.

        Raises Rejected("positions_gone") a day later.
        """
        ...
