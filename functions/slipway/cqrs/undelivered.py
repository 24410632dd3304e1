"""Events that could not be handed on, and how they are found again."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from slipway.cqrs.views import Outdated
from slipway.errors import Conflict, StepError

_MAY_WORK_LATER = (StepError, Outdated, Conflict)
"""What a service, or another writer, is the cause of. The rest is in the events, or in our code."""
_log = logging.getLogger("slipway.streams")


class Aside(Protocol):
    """Where a workflow waits for an operator whose events trying again cannot help."""

    def __call__(self, partition: str, error: Exception) -> None:
        """`partition` is its key in the write table. Raises Unavailable."""
        ...


def putting_aside(aside: Aside | None) -> Callable[[Mapping[str, Any], BaseException], bool]:
    """For `serve_dynamodb`: a partition whose failure would hold up all others of its shard."""

    def give_up(record: Mapping[str, Any], error: BaseException) -> bool:
        if aside is None or not isinstance(error, Exception) or _may_work_later(error):
            return False
        partition = record["dynamodb"]["Keys"]["pk"]["S"]
        try:
            aside(partition, error)
        except StepError:
            _log.exception("not_set_aside", extra={"partition": partition})
            return False
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
    def workflows(self, positions: Positions) -> Sequence[str]:
        """Whose events lie there. Raises Rejected("positions_gone") a day later."""
        ...
