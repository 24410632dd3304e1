"""Events that could not be handed on, and how they are found again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self


class Aside(Protocol):
    """Where a workflow waits for an operator whose events trying again cannot help."""

    def __call__(self, partition: str, error: Exception) -> None:
        """`partition` is its key in the write table. Raises Unavailable."""
        ...


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
