"""Events go from rules to targets, each tried a few times."""

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


def delivered(targets: Targets, *arns: str) -> None:
    activity = Activity()
    deliveries = Deliveries(targets.invoke, targets.send, targets.start, activity)
    deliveries.start()
    for arn in arns:
        deliveries.deliver(arn, {"a": 1})
    assert activity.wait_idle(10)
    deliveries.stop()
    deliveries.join()
    assert deliveries not in threading.enumerate()


def test_functions_queues_and_machines_are_reached_in_order() -> None:
    targets = Targets()

    delivered(targets, FUNCTION, QUEUE, MACHINE)

    assert targets.reached == [(arn, '{"a": 1}') for arn in (FUNCTION, QUEUE, MACHINE)]


def test_a_function_that_fails_is_called_three_times_and_no_more() -> None:
    targets = Targets(FAILED, FAILED, FAILED, FAILED)

    delivered(targets, FUNCTION, QUEUE)

    assert [arn for arn, _ in targets.reached] == [FUNCTION, FUNCTION, FUNCTION, QUEUE]


def test_a_target_of_another_kind_is_refused() -> None:
    targets = Targets()
    deliveries = Deliveries(targets.invoke, targets.send, targets.start, Activity())

    with pytest.raises(UnknownTarget, match="kinesis"):
        deliveries.deliver(f"arn:aws:kinesis:{PREFIX}:stream/x", {})
