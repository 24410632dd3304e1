"""Orders reach who serves them; what follows is handed on; then, and only then, they are acked."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from slipway.messages import (
    Acking,
    AlreadyRegistered,
    Attributes,
    DeadlinePassed,
    InvalidMessage,
    Message,
    Middleware,
    Router,
    UnknownType,
    correlation,
    deadline,
    ignore,
    recover,
    remaining_s,
    serving,
    with_ids,
)

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


class Order(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    product: str
    due: datetime | None = None


@dataclass(frozen=True)
class Bill:
    price: int


def order(data: object = None, **attributes: Any) -> Message[Any]:
    told = {"type": "order.placed", "source": "shop", "id": "o-1", **attributes}
    return Message({"product": "kettle"} if data is None else data, Attributes(**told))


def shop(*middleware: Middleware, **options: Any) -> Router:
    """Sends a bill for every order but one of a teapot, of which it has none."""
    router = Router(*middleware, **options)

    @router.on("order.placed", Order)
    def place(message: Message[Order]) -> list[Message[Bill]]:
        if message.data.product == "teapot":
            raise LookupError("no teapot")
        return [message.derive(type="bill.sent", data=Bill(price=12))]

    return router


def test_a_message_reaches_its_handler_as_a_model_and_what_follows_is_handed_on() -> None:
    published: list[Message[Any]] = []
    placed = order()

    answered = shop(publish=published.extend).serve(placed)

    assert [each.data for each in published] == [Bill(price=12)]
    assert list(answered) == published
    assert (placed.acking.settled, placed.acking.error) == (True, None)


def test_times_of_a_strict_model_are_read_from_json() -> None:
    router, seen = Router(), list[datetime | None]()

    @router.on("order.placed", Order)
    def place(message: Message[Order]) -> None:
        seen.append(message.data.due)

    router.serve(order({"product": "kettle", "due": "2030-03-01T12:00:00Z"}))
    router.serve(order(b'{"product": "kettle", "due": "2030-03-01T12:00:00Z"}'))
    router.serve(order(Order(product="kettle", due=NOON)))

    assert seen == [NOON] * 3


def test_a_failure_is_a_nack_with_it_and_nothing_is_handed_on() -> None:
    published: list[Message[Any]] = []
    placed = order({"product": "teapot"})

    with pytest.raises(LookupError):
        shop(publish=published.extend).serve(placed)

    assert isinstance(placed.acking.error, LookupError)
    assert published == []


def test_what_cannot_be_handed_on_nacks_what_it_follows_from() -> None:
    def busy(_follow_ups: Sequence[Message[Any]]) -> None:
        raise ConnectionError("the bus is busy")

    placed = order()

    with pytest.raises(ConnectionError):
        shop(publish=busy).serve(placed)

    assert isinstance(placed.acking.error, ConnectionError)


def test_a_type_that_nobody_serves_is_refused_with_those_that_are_known() -> None:
    stray = order(type="order.eaten")

    assert list(shop(recover).serve(stray)) == []

    assert isinstance(stray.acking.error, UnknownType)
    assert stray.acking.error.type_name == "order.eaten"
    assert stray.acking.error.known == {"order.placed"}


def test_a_router_may_ignore_what_it_does_not_know() -> None:
    stray = order(type="order.eaten")

    shop(unknown=ignore).serve(stray)

    assert (stray.acking.settled, stray.acking.error) == (True, None)


def test_a_type_has_one_handler() -> None:
    router = shop()

    with pytest.raises(AlreadyRegistered):
        router.on("order.placed", Order)(ignore)
    assert router.types == {"order.placed"}


@pytest.mark.parametrize(
    "data", [{"product": 7}, {}, [], b"{", "kettle", object(), {"product": {1, 2}}]
)
def test_data_that_is_no_such_model_is_refused_without_telling_its_values(data: object) -> None:
    placed = order(data)

    shop(recover).serve(placed)

    assert isinstance(placed.acking.error, InvalidMessage)
    assert "kettle" not in str(placed.acking.error)


def test_data_may_be_any_type_such_as_a_dataclass_or_a_list() -> None:
    router, seen = Router(), list[object]()

    @router.on("bill.sent", Bill)
    def bill(message: Message[Bill]) -> None:
        seen.append(message.data)

    @router.on("bills.sent", list[int])
    def bills(message: Message[list[int]]) -> None:
        seen.append(message.data)

    router.serve(order({"price": 3}, type="bill.sent"))
    router.serve(order([3, 4], type="bills.sent"))

    assert seen == [Bill(price=3), [3, 4]]


def test_middleware_goes_around_in_the_order_given() -> None:
    steps: list[str] = []

    def noting(name: str) -> Middleware:
        def middleware(handler: Any) -> Any:
            def serve(message: Message[Any]) -> Any:
                steps.append(f"{name} in")
                answer = handler(message)
                steps.append(f"{name} out")
                return answer

            return serve

        return middleware

    router = Router(noting("outer"), noting("inner"))

    @router.on("order.placed", Order)
    def place(message: Message[Order]) -> Iterator[Message[Bill]]:
        yield message.derive(type="bill.sent", data=Bill(price=12))
        steps.append("served")

    router.serve(order())

    assert steps == ["outer in", "inner in", "served", "inner out", "outer out"]


def test_a_recovered_failure_is_a_nack_and_the_next_message_is_served() -> None:
    router = shop(recover)
    bad, good = order({"product": "teapot"}), order()

    assert [len(router.serve(each)) for each in (bad, good)] == [0, 1]

    assert isinstance(bad.acking.error, LookupError)
    assert good.acking.error is None


def test_a_handler_that_writes_as_it_goes_is_recovered_from_too() -> None:
    router = Router(recover)

    @router.on("order.placed", Order)
    def place(message: Message[Order]) -> Iterator[Message[Bill]]:
        yield message.derive(type="bill.sent", data=Bill(price=12))
        raise LookupError("no more bills")

    placed = order()

    assert list(router.serve(placed)) == []
    assert isinstance(placed.acking.error, LookupError)


def test_a_failure_after_the_ack_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    router = Router(recover)

    @router.on("order.placed", Order)
    def place(message: Message[Order]) -> None:
        message.ack()
        raise LookupError("too late to say")

    placed = order()
    router.serve(placed)

    assert placed.acking.error is None
    assert [record.message for record in caplog.records] == ["message_failed_when_settled"]


def test_what_follows_gets_the_ids_that_its_handler_did_not_give() -> None:
    router = Router(correlation)

    @router.on("order.placed", Order)
    def place(_message: Message[Order]) -> list[Message[Bill]]:
        asked = Attributes(type="bill.sent", source="till", correlation_id="audit-1")
        return [
            Message(Bill(1), Attributes(type="bill.sent", source="till")),
            Message(Bill(2), asked),
        ]

    first, second = router.serve(order(correlation_id="visit-7", deadline=NOON))

    assert (first.attributes.correlation_id, first.attributes.causation_id) == ("visit-7", "o-1")
    assert first.attributes.deadline == NOON
    assert (second.attributes.correlation_id, second.attributes.causation_id) == ("audit-1", "o-1")


def test_the_log_of_a_handler_names_the_message_and_its_correlation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router, log = Router(correlation), logging.getLogger("shop")

    @router.on("order.placed", Order)
    def place(_message: Message[Order]) -> None:
        log.error("order_lost")

    caplog.handler.addFilter(with_ids)
    try:
        router.serve(order(correlation_id="visit-7"))
        log.error("shop_burns")
    finally:
        caplog.handler.removeFilter(with_ids)

    inside, outside = (vars(record) for record in caplog.records)
    assert (inside["message_id"], inside["correlation_id"]) == ("o-1", "visit-7")
    assert "message_id" not in outside
    assert serving() is None


def test_what_comes_past_its_deadline_is_refused_and_what_is_in_time_knows_how_long() -> None:
    def clock() -> datetime:
        return NOON

    router, left = Router(recover, partial(deadline, clock=clock)), list[float | None]()

    @router.on("order.placed", Order)
    def place(message: Message[Order]) -> None:
        left.append(remaining_s(message, clock))

    late, in_time = order(deadline=NOON), order(deadline=NOON + timedelta(seconds=90))
    for each in (late, in_time, order()):
        router.serve(each)

    assert isinstance(late.acking.error, DeadlinePassed)
    assert late.acking.error.deadline == NOON
    assert left == [90.0, None]
    assert remaining_s(late, lambda: NOON + timedelta(hours=1)) == 0


def test_a_handler_may_settle_its_message_itself() -> None:
    heard: list[object] = []
    router = Router()

    @router.on("order.placed", Order)
    def place(message: Message[Order]) -> list[Message[Bill]]:
        message.nack(LookupError("no kettle either"))
        return [message.derive(type="bill.sent", data=Bill(price=12))]

    placed = order().with_acking(Acking(lambda: heard.append("ack"), heard.append))

    assert list(router.serve(placed)) == []
    assert [type(each) for each in heard] == [LookupError]
