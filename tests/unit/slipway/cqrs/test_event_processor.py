"""An order was shipped: several want to know, one of them fails, and a bill has to be sent."""

from dataclasses import dataclass

import pytest
from pydantic import BaseModel

from slipway.cqrs import Call, CommandBus, EventProcessor, Refused, coordinator
from slipway.saga.errors import Unavailable


@dataclass(frozen=True)
class Shipped:
    id: str
    correlation_id: str
    buyer: str


class SendBill(BaseModel):
    buyer: str


KETTLE = Shipped("order-7-000003", "order-7", "anna")


def test_every_handler_hears_of_it_although_one_fails() -> None:
    heard: list[str] = []
    processor = EventProcessor[Shipped, [list[str]]]()

    def thank(event: Shipped, letters: list[str]) -> None:
        letters.append(f"thanks {event.buyer}")

    def restock(_event: Shipped, _letters: list[str]) -> None:
        raise Unavailable("warehouse_closed", "try tomorrow")

    def ask_for_stars(event: Shipped, letters: list[str]) -> None:
        letters.append(f"five stars {event.buyer}?")

    for handler in (thank, restock, ask_for_stars):
        processor.register(Shipped, handler)

    with pytest.raises(ExceptionGroup) as raised:
        processor.process(KETTLE, heard)

    assert raised.group_contains(Unavailable, match="warehouse_closed")
    assert heard == ["thanks anna", "five stars anna?"]


def test_an_event_that_nobody_handles_is_passed_by() -> None:
    EventProcessor[Shipped, []](type_of=lambda event: event.buyer).process(KETTLE)


def billing(*failures: Exception) -> tuple[CommandBus, list[Call]]:
    """A bus whose handler fails as told, and the calls that it has seen."""
    bus, calls, left = CommandBus(), list[Call](), iter(failures)

    @bus.handles(SendBill)
    def send(_command: SendBill, call: Call) -> None:
        calls.append(call)
        failure = next(left, None)
        if failure:
            raise failure

    return bus, calls


def two_bills(event: Shipped) -> list[SendBill]:
    return [SendBill(buyer=event.buyer), SendBill(buyer="the customs")]


def test_the_commands_that_follow_carry_on_its_correlation_and_name_it_as_their_cause() -> None:
    bus, calls = billing()

    coordinator(bus, two_bills, lambda event: Call(event.buyer))(KETTLE)

    assert [(call.owner, call.correlation_id, call.causation_id) for call in calls] == [
        ("anna", "order-7", KETTLE.id)
    ] * 2
    keys = [call.idempotency_key for call in calls]
    assert len(set(keys)) == 2

    coordinator(bus, two_bills, lambda event: Call(event.buyer))(KETTLE)
    assert [call.idempotency_key for call in calls[2:]] == keys


@pytest.mark.parametrize("error", [Unavailable("busy", "later"), ZeroDivisionError()])
def test_a_command_that_may_succeed_later_brings_the_event_again_after_all_were_sent(
    error: Exception,
) -> None:
    bus, calls = billing(error)

    with pytest.raises(ExceptionGroup) as raised:
        coordinator(bus, two_bills, lambda event: Call(event.buyer))(KETTLE)

    assert raised.value.exceptions == (error,)
    assert len(calls) == 2


def test_a_command_that_is_refused_is_refused_for_good() -> None:
    bus, calls = billing(Refused("invalid_request", "it is paid"))

    coordinator(bus, two_bills, lambda event: Call(event.buyer))(KETTLE)

    assert len(calls) == 2
