"""A tea house takes orders over a bus: each finds its handler, each ends in a Result."""

import logging

import pytest
from pydantic import BaseModel

from slipway.cqrs import AlreadyHandled, Call, CommandBus, Err, Ok, QueryBus, Refused, Unhandled
from slipway.cqrs.delivery import Delivery, Handler
from slipway.cqrs.result import Result

ANNA = Call("anna")


class Brew(BaseModel):
    tea: str


class CountPots(BaseModel):
    """Asks nothing."""


def brew(order: Brew, call: Call) -> str:
    if order.tea == "coffee":
        raise Refused("invalid_request", "this is a tea house", field="tea")
    return f"{order.tea} for {call.owner}"


@pytest.fixture
def bus() -> CommandBus:
    bus = CommandBus()
    bus.register(Brew, brew)
    return bus


def test_an_order_is_answered_by_the_handler_of_its_type(bus: CommandBus) -> None:
    match bus.send(Brew(tea="assam"), ANNA):
        case Ok(value):
            assert value == "assam for anna"
        case Err(error):
            pytest.fail(str(error))


def test_a_refusal_comes_back_as_a_value(bus: CommandBus) -> None:
    result = bus.send(Brew(tea="coffee"), ANNA)

    assert isinstance(result, Err)
    assert isinstance(result.error, Refused)


def test_a_defect_comes_back_too_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    bus = CommandBus((unchanged, unchanged), observers=(unchanged,))
    broken = ZeroDivisionError("no pots")

    @bus.handles(Brew)
    def spill(_order: Brew, _call: Call) -> str:
        raise broken

    assert bus.send(Brew(tea="assam"), ANNA) == Err(broken)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [
        "defect"
    ]


def unchanged(inner: Handler) -> Handler:
    return inner


def test_a_second_handler_of_one_type_is_an_error(bus: CommandBus) -> None:
    with pytest.raises(AlreadyHandled, match="Brew is handled by brew"):
        bus.register(Brew, brew)


def test_an_order_that_nobody_takes_is_a_mistake_of_the_program(bus: CommandBus) -> None:
    with pytest.raises(Unhandled, match="CountPots"):
        bus.send(CountPots(), ANNA)


def test_a_query_is_asked_on_a_bus_of_its_own_and_given_its_ports() -> None:
    bus = QueryBus()

    def count(_query: CountPots, _call: Call, *, pots: list[str]) -> int:
        return len(pots)

    bus.register(CountPots, count, ports={"pots": lambda: ["red", "blue"]})

    assert bus.ask(CountPots(), ANNA) == Ok(2)


def test_observers_are_around_middleware_and_the_first_is_outermost() -> None:
    passed: list[str] = []

    def through(name: str) -> object:
        def around(inner: Handler) -> Handler:
            def handle(delivery: Delivery) -> Result[object]:
                passed.append(name)
                return inner(delivery)

            return handle

        return around

    bus = CommandBus((through("c"), through("d")), observers=(through("a"), through("b")))  # type: ignore[arg-type]
    bus.register(Brew, brew)

    bus.send(Brew(tea="assam"), ANNA)
    refused = bus.refuse(Brew, Err(Refused("malformed_json", "torn")), ANNA)

    assert "".join(passed) == "abcd" + "ab"
    assert isinstance(refused, Err)


def test_what_a_middleware_raises_is_its_answer(bus: CommandBus) -> None:
    def closed(_inner: Handler) -> Handler:
        def handle(_delivery: Delivery) -> Result[object]:
            raise Refused("invalid_request", "we are closed")

        return handle

    bus = CommandBus((closed,))
    bus.register(Brew, brew)

    result = bus.send(Brew(tea="assam"), ANNA)

    assert isinstance(result, Err)
    assert isinstance(result.error, Refused)
