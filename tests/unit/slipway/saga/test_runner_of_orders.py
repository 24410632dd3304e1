"""What the runner records when attempts meet each other, a cancel, or a port that is missing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.slipway.saga.orders import NOW, OrderDesk, Shop

from slipway.saga import (
    Outcome,
    Pending,
    Rejected,
    Status,
    StepStatus,
    Unavailable,
    Workflow,
    transitions,
)
from slipway.saga.state import Cancel

DOWN = Unavailable("bank_down", "the bank does not answer")
ME = "wf_anna"


def test_a_second_attempt_that_is_clean_says_nothing_about_the_first() -> None:
    """The first one charged, and its answer was lost."""
    refused = Rejected("card_expired", "refused at once", clean=True)
    desk = OrderDesk(Shop(troubles={"+charge": [DOWN], "-charge": []}))
    charge = desk.behaviours["charge"]
    tries: list[int] = []

    def charge_once(order: Workflow[Any], shop: Shop) -> Outcome | Pending:
        tries.append(1)
        if len(tries) > 1:
            raise refused
        return charge.execute(order, shop)

    desk.behaviours["charge"] = replace(charge, execute=charge_once)

    saga = desk.run()

    assert len(tries) == 2
    assert saga.steps["charge"].status is StepStatus.UNDONE
    assert desk.shop.world == (set(), set(), set())


def test_a_cancel_that_overtakes_the_second_attempt_still_undoes_the_first() -> None:
    desk = OrderDesk(Shop(troubles={"+charge": [DOWN]}))
    desk.order()
    desk.runner.execute(desk.behaviours["reserve"], ME)
    with pytest.raises(Unavailable):
        desk.runner.execute(desk.behaviours["charge"], ME)
    assert desk.shop.charged == {ME}

    late = replace(desk.behaviours["charge"], ports=cancelling(desk))
    with pytest.raises(Rejected, match="cancelled"):
        desk.runner.execute(late, ME)
    desk.driver.undo(ME, "run-1")

    assert desk.shop.world == (set(), set(), set())


def test_a_cancel_that_overtakes_the_first_attempt_is_no_failure_of_its_step() -> None:
    desk = OrderDesk(Shop())
    desk.order()

    late = replace(desk.behaviours["reserve"], ports=cancelling(desk))
    with pytest.raises(Rejected, match="cancelled"):
        desk.runner.execute(late, ME)
    desk.driver.undo(ME, ME, desk.plan.steps[:1])

    saga = desk.store.load(ME)
    assert (saga.workflow.status, saga.steps) == (Status.COMPENSATED, {})
    assert saga.workflow.error is not None
    assert (saga.workflow.error.code, saga.workflow.error.step) == ("cancelled", None)


def cancelling(desk: OrderDesk) -> dict[str, Callable[[], object]]:
    """The cancel arrives after the attempt has loaded the workflow."""

    def provide() -> Shop:
        asked = Cancel(reason="changed my mind", requested_at=NOW, requested_by="anna")
        desk.store.commit(transitions.cancel_requested(desk.store.load(ME), asked, None))
        return desk.shop

    return {"shop": provide}


def test_a_port_that_cannot_be_built_is_the_cause_that_is_told() -> None:
    desk = OrderDesk(Shop())

    def no_shop() -> object:
        raise Rejected("no_shop", "there is no shop here", fix="open one")

    desk.behaviours["reserve"] = replace(desk.behaviours["reserve"], ports={"shop": no_shop})

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED
    assert saga.workflow.error is not None
    assert (saga.workflow.error.step, saga.workflow.error.code) == ("reserve", "no_shop")
    assert saga.workflow.error.fix == "open one"
    assert saga.steps["reserve"].undo is None


def test_an_undo_that_is_cancelled_meanwhile_goes_on() -> None:
    desk = OrderDesk(Shop(troubles={"-ship": [Rejected("no_carrier", "none")]}))
    refund = desk.behaviours["charge"].compensate

    def refund_slowly(order: Workflow[Any], shop: Shop) -> None:
        asked = Cancel(reason="too late", requested_at=NOW, requested_by="anna")
        desk.store.commit(transitions.cancel_requested(desk.store.load(ME), asked, None))
        refund(order, shop)

    desk.behaviours["charge"] = replace(desk.behaviours["charge"], compensate=refund_slowly)

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED
    assert saga.workflow.error is not None
    assert saga.workflow.error.code == "no_carrier"
