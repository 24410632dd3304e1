"""An operator redrives a message that names positions: nothing between them may be left out."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from slipway.adapters.failure_queue import DynamoDbStreamPositions
from slipway.cqrs.dead_letters import Positions, Subject
from slipway.saga.errors import Unavailable

LOST = Positions("arn:stream", "shard", "100", "300", count=2)


class Shard:
    """Gives its pages one after the other, and then, while it is open, empty ones for ever."""

    def __init__(self, *pages: Sequence[Mapping[str, Any]], closed: bool = False) -> None:
        self._pages = list(pages)
        self._closed = closed

    def get_shard_iterator(self, **asked: Any) -> Mapping[str, Any]:
        assert asked["SequenceNumber"] == LOST.first
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str) -> Mapping[str, Any]:  # noqa: N803  (as AWS does)
        at = int(ShardIterator)
        page = self._pages[at] if at < len(self._pages) else []
        if self._closed and at + 1 >= len(self._pages):
            return {"Records": page}
        return {"Records": page, "NextShardIterator": str(at + 1)}


def record(number: int, pk: str) -> Mapping[str, Any]:
    return {"dynamodb": {"Keys": {"pk": {"S": pk}}, "SequenceNumber": str(number)}}


def test_pages_without_a_record_lie_between_those_that_have_some() -> None:
    shard = Shard(
        [],
        [record(100, "workflow#wf_shop"), record(200, "lock#default/shop")],
        [],
        [record(300, "config#anna#1"), record(400, "session#se_later")],
    )

    found = DynamoDbStreamPositions(shard).subjects(LOST)

    assert found == [Subject("workflow", "wf_shop"), Subject("config", "anna#1")]


@pytest.mark.parametrize("closed", [False, True])
def test_a_message_whose_last_position_was_not_reached_is_not_served(closed: bool) -> None:
    shard = Shard([record(100, "session#se_shop")], [], closed=closed)

    with pytest.raises(Unavailable, match="300"):
        DynamoDbStreamPositions(shard).subjects(LOST)
