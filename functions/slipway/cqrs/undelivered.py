"""Events that could not be handed on, and how they are found again."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, get_args

from slipway.cqrs.views import Outdated
from slipway.errors import Conflict, StepError
from slipway.messages.events import Kind

_MAY_WORK_LATER = (StepError, Outdated, Conflict)
"""What a service, or another writer, is the cause of. The rest is in the events, or in our code."""
_log = logging.getLogger("slipway.streams")


@dataclass(frozen=True)
class Subject:
    """What has events of its own: a workflow or a session by its id, a configuration by owner."""

    kind: Kind
    name: str

    @classmethod
    def of(cls, partition: str) -> Self | None:
        """By its key in the write table; None for what has no events."""
        kind, _, name = partition.partition("#")
        return next((cls(each, name) for each in get_args(Kind) if each == kind), None)


class Aside(Protocol):
    """Where that waits for an operator whose events trying again cannot help."""

    def __call__(self, subject: Subject, error: Exception) -> None:
        """Raises Unavailable."""
        ...


def putting_aside(aside: Aside | None) -> Callable[[Mapping[str, Any], BaseException], bool]:
    """For `serve_dynamodb`: a partition whose failure would hold up all others of its shard."""

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
    """Of several, one is enough: the event comes again for all of them."""
    if isinstance(error, ExceptionGroup):
        return any(_may_work_later(each) for each in error.exceptions)
    return isinstance(error, _MAY_WORK_LATER)


@dataclass(frozen=True)
class Positions:
    """Records in a shard, from the first to the last one."""

    stream: str
    shard: str
    first: str
    last: str
    count: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Lambda's `DDBStreamBatchInfo`."""
        first, last = told["startSequenceNumber"], told["endSequenceNumber"]
        return cls(told["streamArn"], told["shardId"], first, last, told["batchSize"])


class StreamPositions(Protocol):
    def subjects(self, positions: Positions) -> Sequence[Subject]:
        """Whose events lie there, all of them. Raises Unavailable.

        Or Rejected("positions_gone") a day later.
        """
        ...
