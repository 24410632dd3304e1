"""A read table that is busy takes a part of a batch: the rest is sent again, not given up on."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from slipway.adapters.dynamodb_rebuild import RebuildableDynamoDbViews
from slipway.saga.errors import Unavailable


class Busy:
    """Holds so many items, and takes at most so many of a batch."""

    def __init__(self, items: int, takes: int) -> None:
        self.left = [{"pk": {"S": f"{n:03d}"}, "sk": {"S": "VIEW"}} for n in range(items)]
        self._takes = takes

    def scan(self, **_asked: Any) -> Mapping[str, Any]:
        return {"Items": list(self.left)}

    def batch_write_item(
        self,
        *,
        RequestItems: Mapping[str, Sequence[Any]],  # noqa: N803  (as AWS does)
    ) -> Mapping[str, Any]:
        ((table, requests),) = RequestItems.items()
        for request in requests[: self._takes]:
            self.left.remove(request["DeleteRequest"]["Key"])
        later = requests[self._takes :]
        return {"UnprocessedItems": {table: later} if later else {}}


def test_what_was_not_taken_is_sent_again_after_a_growing_pause() -> None:
    table, waits = Busy(items=30, takes=10), list[float]()
    client: Any = table

    assert RebuildableDynamoDbViews(client, "read", waits.append).clear()

    assert table.left == []
    assert waits == [0.05, 0.1]


def test_a_table_that_takes_nothing_is_unavailable() -> None:
    waits = list[float]()
    client: Any = Busy(items=3, takes=0)

    with pytest.raises(Unavailable, match="read_table_busy"):
        RebuildableDynamoDbViews(client, "read", waits.append).clear()

    assert waits == [0.05, 0.1, 0.2, 0.4]
