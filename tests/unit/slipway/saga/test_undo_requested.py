"""An undo that is asked for from outside: a new execution takes charge, the old one has no say."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.slipway.saga.orders import NOW, ORDERS, OrderDesk, Shop

from slipway.cqrs.fold import fold
from slipway.cqrs.timeline import timeline_item
from slipway.saga import (
    Outcome,
    Pending,
    Rejected,
    Saga,
    Status,
    StepStatus,
    Workflow,
    finish,
    transitions,
)
from slipway.saga.errors import UndoInFlight
from slipway.saga.update import update

ME = "wf_anna"


def ordered(shop: Shop, *done: str) -> OrderDesk:
    desk = OrderDesk(shop)
    desk.order()
    for step in done:
        desk.runner.execute(desk.behaviours[step], ME)
    return desk


def ask_for_undo(desk: OrderDesk) -> str:
    saga = update(
        desk.store, ME, lambda saga: transitions.undo_requested(saga, "stopped by hand", NOW)
    )
    return saga.workflow.in_charge


def test_the_new_execution_undoes_what_was_done_and_ends_truthfully() -> None:
    desk = ordered(Shop(), "reserve", "charge")

    desk.driver.undo(ME, ask_for_undo(desk))

    saga = desk.store.load(ME)
    assert desk.shop.world == (set(), set(), set())
    assert saga.workflow.status is Status.COMPENSATED
    assert saga.workflow.execution == f"{ME}-undo-7"


def test_the_step_that_was_under_way_is_the_one_that_is_told() -> None:
    desk = ordered(Shop(), "reserve")
    charge = desk.store.load(ME).step("charge", 2)
    desk.store.commit(transitions.intended(desk.store.load(ME), charge, {}, NOW))
    desk.shop.charged.add(ME)

    desk.driver.undo(ME, ask_for_undo(desk))

    error = desk.store.load(ME).workflow.error
    assert error is not None
    assert (error.step, error.code) == ("charge", "interrupted")
    assert desk.shop.world == (set(), set(), set())


def test_no_step_begins_or_completes_once_it_was_asked_for() -> None:
    desk = ordered(Shop(), "reserve")
    charge = desk.behaviours["charge"]

    def overtaken(order: Workflow[Any], shop: Shop) -> Outcome | Pending:
        ask_for_undo(desk)
        return charge.execute(order, shop)

    with pytest.raises(Rejected, match="finished after"):
        desk.runner.execute(replace(charge, execute=overtaken), ME)
    with pytest.raises(Rejected, match="undone"):
        desk.runner.execute(desk.behaviours["ship"], ME)
    with pytest.raises(Rejected, match="stopped on request"):
        finish.complete(ORDERS, desk.store, ME)

    assert desk.shop.world == ({ME}, set(), set())
    assert desk.store.load(ME).steps["charge"].status is StepStatus.INTENT


def test_an_execution_that_was_replaced_neither_undoes_nor_has_the_last_word() -> None:
    desk = ordered(Shop(), "reserve")
    first, second = ask_for_undo(desk), ask_for_undo(desk)

    desk.runner.compensate(desk.behaviours["reserve"], ME, first)
    finish.settle(desk.store, ME, [desk.inspect_shop], execution=first)
    assert desk.shop.reserved == {ME}
    assert desk.store.load(ME).workflow.status is Status.RUNNING

    desk.driver.undo(ME, second)
    finish.settle(desk.store, ME, [desk.inspect_shop], execution=second)
    assert desk.shop.reserved == set()
    assert desk.store.load(ME).workflow.status is Status.COMPENSATED


def test_it_waits_for_an_undo_that_may_still_run_and_goes_on_when_that_is_over() -> None:
    desk = ordered(Shop(), "reserve")
    held_by_the_dead(desk)
    execution = ask_for_undo(desk)

    with pytest.raises(UndoInFlight):
        desk.runner.compensate(desk.behaviours["reserve"], ME, execution)

    desk.now = NOW + timedelta(minutes=6)
    desk.runner.compensate(desk.behaviours["reserve"], ME, execution)
    assert desk.shop.reserved == set()


def test_an_undo_that_finds_a_later_step_passed_over_asks_for_an_undo_of_everything() -> None:
    desk = ordered(Shop(), "reserve", "charge")

    desk.driver.undo(ME, ME, ORDERS.steps[:1])
    asked = desk.store.load(ME)
    assert (asked.workflow.execution, asked.workflow.status) == (f"{ME}-undo-7", Status.RUNNING)
    assert desk.shop.world == ({ME}, {ME}, set())

    desk.driver.undo(ME, asked.workflow.in_charge)
    assert desk.store.load(ME).workflow.status is Status.COMPENSATED
    assert desk.shop.world == (set(), set(), set())


def test_it_asks_only_once_and_then_names_what_nobody_could_begin_to_undo() -> None:
    desk = ordered(Shop(), "reserve", "charge")

    desk.driver.undo(ME, ask_for_undo(desk), ORDERS.steps[:1])

    workflow = desk.store.load(ME).workflow
    assert workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    assert workflow.receipt is not None
    assert [item.step for item in workflow.receipt.items if item.state == "leftover"] == ["charge"]


def held_by_the_dead(desk: OrderDesk) -> Saga:
    lease = (ME, timedelta(minutes=5))

    def decide(saga: Saga) -> Any:
        return transitions.undo_intended(saga, saga.steps["reserve"], lease, NOW)

    return update(desk.store, ME, decide)


def test_the_timeline_says_why_and_the_view_keeps_its_shape() -> None:
    desk = ordered(Shop(), "reserve")
    ask_for_undo(desk)

    view, item = None, None
    for event in desk.store.events(ME):
        view = fold(view, event)
        item = timeline_item(event, view)

    assert view is not None
    assert item is not None
    assert view.status == "RUNNING"
    assert (item.type, item.message) == ("slipway.workflow.undo_requested", "stopped by hand")
