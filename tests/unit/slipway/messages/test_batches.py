"""Lambda hands over a batch: what failed comes again, what must not overtake it is held back."""

import base64
import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway.messages import (
    Attributes,
    HeldBack,
    InvalidBatch,
    Message,
    cloudevents,
    in_order,
    serve_dynamodb,
    serve_kinesis,
    serve_sqs,
)

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:orders"


@pytest.fixture
def _quiet() -> Iterator[None]:
    """Every failure is logged, and there are thousands."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Shop:
    """Serves every order but those of these ids."""

    def __init__(self, *refuses: str) -> None:
        self.served: list[str] = []
        self.counts: list[int] = []
        self._refuses = refuses

    def __call__(self, message: Message[Any]) -> None:
        if message.attributes.id in self._refuses:
            raise LookupError(message.attributes.id)
        self.served.append(message.attributes.id)
        self.counts.append(message.attributes.delivery_count)


def document(order_id: str) -> str:
    if order_id.startswith("garbled"):
        return "{"
    told = Attributes(id=order_id, type="order.placed", source="shop")
    return cloudevents.to_json(Message(None, told)).decode()


def queue(*orders: str, group: str | None = None, arn: str = QUEUE) -> dict[str, Any]:
    """With `group`, that of an order is the letters that it begins with."""
    return {
        "Records": [
            {
                "messageId": f"m-{order}",
                "body": document(order),
                "attributes": {"ApproximateReceiveCount": "3"}
                | ({"MessageGroupId": order.rstrip("0123456789")} if group else {}),
                "eventSourceARN": arn,
            }
            for order in orders
        ]
    }


def stream(*orders: str) -> dict[str, Any]:
    """The partition of an order is the letters that it begins with."""
    return {
        "Records": [
            {
                "kinesis": {
                    "sequenceNumber": str(100 + number),
                    "partitionKey": order.rstrip("0123456789"),
                    "data": base64.b64encode(document(order).encode()).decode(),
                }
            }
            for number, order in enumerate(orders)
        ]
    }


def failures(answer: dict[str, Any]) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_each_message_of_a_queue_that_fails_comes_again_alone() -> None:
    shop = Shop("a2")

    answer = serve_sqs(queue("a1", "a2", "a3", "garbled", "a4"), in_order(shop))

    assert answer == {
        "batchItemFailures": [{"itemIdentifier": "m-a2"}, {"itemIdentifier": "m-garbled"}]
    }
    assert shop.served == ["a1", "a3", "a4"]


def test_a_message_knows_how_often_it_was_delivered() -> None:
    shop = Shop()

    assert failures(serve_sqs(queue("a1"), in_order(shop))) == []

    assert shop.counts == [3]


def test_in_a_fifo_queue_nothing_overtakes_its_group() -> None:
    shop = Shop("a2")
    batch = queue("a1", "b1", "a2", "b2", "a3", group="yes", arn=f"{QUEUE}.fifo")

    answer = serve_sqs(batch, in_order(shop))

    assert failures(answer) == ["m-a2", "m-a3"]
    assert sorted(shop.served) == ["a1", "b1", "b2"]


def test_a_message_of_a_fifo_queue_that_cannot_be_read_holds_its_group_back() -> None:
    shop = Shop()
    batch = queue("garbled1", "b1", "garbled2", group="yes", arn=f"{QUEUE}.fifo")

    assert failures(serve_sqs(batch, in_order(shop))) == ["m-garbled1", "m-garbled2"]
    assert shop.served == ["b1"]


def test_groups_of_a_standard_queue_are_no_order() -> None:
    shop = Shop("a1")

    assert failures(serve_sqs(queue("a1", "a2", group="fair"), in_order(shop))) == ["m-a1"]
    assert shop.served == ["a2"]


def test_a_stream_goes_on_from_the_lowest_number_that_failed_and_other_keys_are_served() -> None:
    shop = Shop("b1", "a2")

    answer = serve_kinesis(stream("a1", "b1", "a2", "c1", "b2", "a3", "c2"), in_order(shop))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "101"}]}
    assert sorted(shop.served) == ["a1", "c1", "c2"]


def test_a_record_that_cannot_be_read_stops_its_key_after_those_before_it() -> None:
    shop = Shop()
    batch = stream("a1", "b1", "a2", "a3")
    batch["Records"][2]["kinesis"]["data"] = "???"

    assert failures(serve_kinesis(batch, in_order(shop))) == ["102"]
    assert sorted(shop.served) == ["a1", "b1"]


class Weather:
    """An order fails as often as its weather says, then it is served."""

    def __init__(self, storms: dict[str, int]) -> None:
        self.served: list[str] = []
        self._storms = storms

    def __call__(self, message: Message[Any]) -> None:
        order = message.attributes.id
        if self._storms[order]:
            self._storms[order] -= 1
            raise LookupError(order)
        if order not in self.served:  # a handler drops what it has seen
            self.served.append(order)


_orders = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=8)
_unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def in_weather(told: list[tuple[str, int]]) -> dict[str, int]:
    return {f"{key}{number}": storms for number, (key, storms) in enumerate(told)}


def each_key_in_order(served: list[str], orders: list[str]) -> bool:
    return sorted(served, key=lambda order: order[0]) == sorted(orders, key=lambda order: order[0])


@_unhurried
@given(_orders)
@pytest.mark.usefixtures("_quiet")
def test_whatever_fails_however_often_a_stream_is_served_whole_and_in_order_of_its_keys(
    told: list[tuple[str, int]],
) -> None:
    storms = in_weather(told)
    orders, shop, at = list(storms), Weather(storms), 0
    records = stream(*orders)["Records"]

    while at < len(records):
        failed = failures(serve_kinesis({"Records": records[at:]}, in_order(shop)))
        at = int(failed[0]) - 100 if failed else len(records)  # as Lambda goes on
        assert set(orders[:at]) <= set(shop.served)

    assert each_key_in_order(shop.served, orders)


@_unhurried
@given(_orders)
@pytest.mark.usefixtures("_quiet")
def test_whatever_fails_however_often_a_fifo_queue_is_served_whole_and_in_order_of_its_groups(
    told: list[tuple[str, int]],
) -> None:
    storms = in_weather(told)
    orders, shop = list(storms), Weather(storms)
    records = queue(*orders, group="yes", arn=f"{QUEUE}.fifo")["Records"]

    while records:
        failed = failures(serve_sqs({"Records": records}, in_order(shop)))
        assert {order for order in orders if f"m-{order}" not in failed} <= set(shop.served)
        records = [record for record in records if record["messageId"] in failed]

    assert each_key_in_order(shop.served, orders)


def test_a_lane_may_be_served_at_once_and_say_what_failed_of_it() -> None:
    lanes: list[list[str]] = []

    def serve(messages: Sequence[Message[Any]]) -> None:
        lanes.append([message.attributes.id for message in messages])
        if len(messages) == 3:
            messages[1].nack(LookupError("the second"))

    answer = serve_kinesis(stream("a1", "b1", "a2", "b2", "a3"), serve)

    assert failures(answer) == ["102"]
    assert lanes == [["a1", "a2", "a3"], ["b1", "b2"]]


def test_a_lane_that_raises_fails_from_the_first_that_is_not_acked() -> None:
    heard: list[Message[Any]] = []

    def serve(messages: Sequence[Message[Any]]) -> None:
        heard.extend(messages)
        messages[0].ack()
        raise LookupError("in the middle")

    assert failures(serve_kinesis(stream("a1", "a2", "a3"), serve)) == ["101"]
    assert [type(message.acking.error) for message in heard] == [
        type(None),
        LookupError,
        HeldBack,
    ]


def dynamodb(*keys: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventName": "REMOVE" if key == "gone" else "INSERT",
                "dynamodb": {"SequenceNumber": str(100 + n), "Keys": {"pk": {"S": key}}},
            }
            for n, key in enumerate(keys)
        ]
    }


def read(record: Any) -> Message[str] | None:
    if record["eventName"] == "REMOVE":
        return None
    told = Attributes(id=record["dynamodb"]["SequenceNumber"], type="order.placed", source="orders")
    return Message(record["dynamodb"]["Keys"]["pk"]["S"], told)


def test_records_of_a_table_are_in_order_by_its_partition_key() -> None:
    shop = Shop("101")

    answer = serve_dynamodb(
        dynamodb("a", "b", "gone", "b", "a"), in_order(shop), read, partition="pk"
    )

    assert failures(answer) == ["101"]
    assert shop.served == ["100", "104"]


def test_what_is_of_no_interest_counts_as_served() -> None:
    assert failures(serve_dynamodb(dynamodb("gone"), in_order(Shop()), read, partition="pk")) == []


@pytest.mark.parametrize("batch", [{}, {"Records": [{"eventName": "INSERT"}]}, dynamodb("a")])
def test_a_batch_of_which_nothing_could_be_named_comes_again_as_a_whole(
    batch: dict[str, Any],
) -> None:
    with pytest.raises(InvalidBatch):
        serve_dynamodb(batch, in_order(Shop()), read, partition="order_id")
    with pytest.raises(InvalidBatch):
        serve_sqs(json.loads(json.dumps(batch)), in_order(Shop())) if batch else serve_kinesis(
            batch, in_order(Shop())
        )


def test_the_log_names_the_record_and_its_lane_and_the_held_back_are_no_errors(
    caplog: pytest.LogCaptureFixture,
) -> None:
    serve_kinesis(stream("a1", "a2"), in_order(Shop("a1")))

    (record,) = (vars(each) for each in caplog.records)
    assert (record["message"], record["receipt"], record["lane"]) == ("record_failed", "100", "a")
