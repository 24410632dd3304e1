"""Events go from rules to targets, each tried a few times."""

import sqlite3
import threading

import pytest

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Answer, JsonText
from slipway_local.pollers.deliveries import Deliveries, UnknownTarget

PREFIX = "eu-central-1:123456789012"
FUNCTION = f"arn:aws:lambda:{PREFIX}:function:Step"
QUEUE = f"arn:aws:sqs:{PREFIX}:inbox"
MACHINE = f"arn:aws:states:{PREFIX}:stateMachine:small"
FAILED = Answer({"errorMessage": "no"}, "RuntimeError")


class Outbox:
    """In memory: two deliveries that use it are two processes on one file."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, str]] = {}

    def add(self, arn: str, event: str) -> str:
        name = f"event number {len(self.kept)}"
        self.kept[name] = (arn, event)
        return name

    def pending(self) -> list[tuple[str, str, str]]:
        return [(name, *told) for name, told in self.kept.items()]

    def done(self, name: str) -> None:
        del self.kept[name]


class Targets:
    def __init__(self, *answers: Answer) -> None:
        self.reached: list[tuple[str, str]] = []
        self._answers = list(answers)

    def invoke(self, name: str, payload: JsonText) -> Answer:
        self.reached.append((name, str(payload)))
        return self._answers.pop(0) if self._answers else Answer(None)

    def send(self, arn: str, text: str) -> None:
        self.reached.append((arn, text))

    def start(self, arn: str, name: str, text: str) -> None:
        assert name.startswith("event-")
        self.reached.append((arn, text))


def delivered(targets: Targets, *arns: str, outbox: Outbox | None = None) -> None:
    activity = Activity()
    kept = outbox or Outbox()
    deliveries = Deliveries(targets.invoke, targets.send, targets.start, kept, activity)
    deliveries.resume()
    deliveries.start()
    for arn in arns:
        deliveries.deliver(arn, {"a": 1})
    assert activity.wait_idle(10)
    deliveries.stop()
    deliveries.join()
    assert deliveries not in threading.enumerate()
    assert not kept.kept


def test_functions_queues_and_machines_are_reached_in_order() -> None:
    targets = Targets()

    delivered(targets, FUNCTION, QUEUE, MACHINE)

    assert targets.reached == [(arn, '{"a": 1}') for arn in (FUNCTION, QUEUE, MACHINE)]


def test_a_function_that_fails_is_called_three_times_and_no_more() -> None:
    targets = Targets(FAILED, FAILED, FAILED, FAILED)

    delivered(targets, FUNCTION, QUEUE)

    assert [arn for arn, _ in targets.reached] == [FUNCTION, FUNCTION, FUNCTION, QUEUE]


def test_a_full_disk_delays_an_event_and_stops_none() -> None:
    """First the queue cannot take it, then the outbox cannot forget it."""
    full = [sqlite3.OperationalError("database or disk is full") for _ in range(2)]

    class Full(Targets):
        def send(self, arn: str, text: str) -> None:
            if len(full) == 2:
                raise full.pop()
            super().send(arn, text)

    class FullOutbox(Outbox):
        def done(self, name: str) -> None:
            if full:
                raise full.pop()
            super().done(name)

    targets, outbox = Full(), FullOutbox()

    delivered(targets, QUEUE, FUNCTION, outbox=outbox)

    assert [arn for arn, _ in targets.reached] == [QUEUE, FUNCTION]


def test_a_target_of_another_kind_is_refused() -> None:
    targets = Targets()
    deliveries = Deliveries(targets.invoke, targets.send, targets.start, Outbox(), Activity())

    with pytest.raises(UnknownTarget, match="kinesis"):
        deliveries.deliver(f"arn:aws:kinesis:{PREFIX}:stream/x", {})


def test_what_a_dead_process_had_taken_on_is_delivered_by_the_next_one() -> None:
    targets, outbox = Targets(), Outbox()
    died = Deliveries(targets.invoke, targets.send, targets.start, outbox, Activity())
    died.deliver(QUEUE, {"a": 1})

    delivered(targets, FUNCTION, outbox=outbox)

    assert [arn for arn, _ in targets.reached] == [QUEUE, FUNCTION]
