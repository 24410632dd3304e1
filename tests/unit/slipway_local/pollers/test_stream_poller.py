"""A stream reaches its function in order, whatever goes wrong in between."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Answer, JsonText
from slipway_local.pollers.change_log import ChangeLog
from slipway_local.pollers.stream import StreamPoller
from slipway_local.template.model import StreamSource

FAILED = Answer({"errorMessage": "no"}, "RuntimeError")


def record(number: int) -> dict[str, Any]:
    return {"eventSourceARN": "stream", "dynamodb": {"SequenceNumber": str(number)}}


def records(first: int, last: int) -> list[dict[str, Any]]:
    return [record(number) for number in range(first, last + 1)]


class Poisoned:
    """A function that fails for every batch with one of these numbers in it."""

    def __init__(self, *poison: int) -> None:
        self.batches: list[list[int]] = []
        self.gave_up: list[dict[str, Any]] = []
        self._poison = set(poison)
        self.forgotten: list[int] = []

    def invoke(self, _name: str, payload: JsonText) -> Answer:
        records = json.loads(payload)["Records"]
        numbers = [int(each["dynamodb"]["SequenceNumber"]) for each in records]
        self.batches.append(numbers)
        return FAILED if self._poison & set(numbers) else Answer({"batchItemFailures": []})

    def send(self, arn: str, text: str) -> None:
        assert arn == "failures"
        self.gave_up.append(json.loads(text)["DDBStreamBatchInfo"])


def poll(
    function: Poisoned,
    numbers: range,
    *,
    bisect: bool,
    read: Callable[[int, int], list[dict[str, Any]]] = records,
) -> None:
    activity = Activity()
    log = ChangeLog(1, activity, read, function.forgotten.append)
    for number in numbers:
        log.note(number)
    source = StreamSource("F", 8, True, table="t", retries=1, bisect=bisect, on_failure="failures")
    poller = StreamPoller(source, log, 0, function.invoke, function.send)
    poller.start()
    assert activity.wait_idle(10)
    poller.stop()
    poller.join()


def test_records_come_in_batches_and_in_order() -> None:
    function = Poisoned()

    poll(function, range(20), bisect=False)

    assert [len(batch) for batch in function.batches] == [8, 8, 4]
    assert [n for batch in function.batches for n in batch] == list(range(20))
    assert function.forgotten == list(range(20))


def test_records_that_cannot_be_read_for_a_while_arrive_when_they_can() -> None:
    function, full = Poisoned(), [sqlite3.OperationalError("database or disk is full")] * 2

    def read(first: int, last: int) -> list[dict[str, Any]]:
        if full:
            raise full.pop()
        return records(first, last)

    poll(function, range(9), bisect=False, read=read)

    assert [n for batch in function.batches for n in batch] == list(range(9))


def test_a_batch_that_fails_too_often_is_given_up_as_a_whole() -> None:
    function = Poisoned(5)

    poll(function, range(9), bisect=False)

    assert function.batches == [list(range(8)), list(range(8)), [8]]
    assert [each["batchSize"] for each in function.gave_up] == [8]


def test_a_batch_is_halved_until_only_the_poison_is_given_up() -> None:
    function = Poisoned(5)

    poll(function, range(9), bisect=True)

    assert [each["startSequenceNumber"] for each in function.gave_up] == ["5"]
    assert [each["batchSize"] for each in function.gave_up] == [1]
    done = [n for batch in function.batches if 5 not in batch for n in batch]
    assert done == [0, 1, 2, 3, 4, 6, 7, 8]
