"""A program runs the sagas of its own plan where it stands, with nothing else of Slipway."""

import gc
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from tests.unit.slipway.saga.orders import (
    NOW,
    ORDERS,
    Order,
    Shop,
    charge,
    recall,
    refund,
    reserve,
    ship,
    unreserve,
)

from slipway.saga import (
    Conflict,
    Outcome,
    Plan,
    Rejected,
    Sagas,
    Status,
    Step,
    StepStatus,
    Unavailable,
    Workflow,
    WorkflowRecord,
    transitions,
)
from slipway.saga.binding import Steps
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Decision

STEPS = {"reserve": (reserve, unreserve), "charge": (charge, refund), "ship": (ship, recall)}
KETTLE = {"product": "kettle", "amount_cents": 4900}
Troubles = dict[str, list[Exception]]
NOTHING: tuple[set[str], ...] = (set(), set(), set())
BANK_IS_CLOSED = Unavailable("bank_closed", "the bank does not answer")


class Programme:
    """Its clock moves by what it waits for."""

    def __init__(self, shop: Shop, decision: Decision = Decision.SKIP) -> None:
        self.shop, self.now, self.store, self.asked = shop, NOW, MemoryStore(), list[str]()
        self._decision = decision
        self.sagas = Sagas(
            ORDERS,
            STEPS,
            {"shop": shop},
            store=self.store,
            decide=self._decide,
            between_tries=self._wait,
            now=self._clock,
        )

    def _clock(self) -> datetime:
        return self.now

    def _wait(self, _tries: int) -> None:
        self.now += timedelta(minutes=1)

    def _decide(self, _workflow_id: str, step: str) -> Decision:
        self.asked.append(step)
        return self._decision


def test_an_order_comes_to_its_end_and_may_be_taken_back_later() -> None:
    program = Programme(Shop())
    order = program.sagas.run(KETTLE, owner="anna")
    assert order.workflow.status is Status.COMPLETED
    assert program.shop.shipped == {order.workflow.workflow_id}

    taken_back = program.sagas.rollback(order.workflow.workflow_id, "changed my mind")

    assert taken_back.workflow.status is Status.COMPENSATED
    assert program.shop.world == NOTHING
    with pytest.raises(Rejected, match="not_completed"):
        program.sagas.rollback(order.workflow.workflow_id, "again")


def test_a_parcel_that_cannot_be_sent_gives_back_money_and_product() -> None:
    program = Programme(Shop(troubles={"+ship": [Rejected("no_van", "no van today")]}))

    order = program.sagas.run(KETTLE)

    assert order.workflow.status is Status.COMPENSATED
    assert order.workflow.error is not None
    assert order.workflow.error.code == "no_van"
    assert program.shop.world == NOTHING
    assert program.shop.calls[-3:] == ["recall", "refund", "unreserve"]


def test_a_refund_that_never_works_is_named_as_left_over_and_all_else_is_undone() -> None:
    troubles: Troubles = {
        "+ship": [Rejected("no_van", "no van today")],
        "-refund": [BANK_IS_CLOSED] * 99,
    }
    program = Programme(Shop(troubles=troubles))

    order = program.sagas.run(KETTLE, workflow_id="wf_kettle")

    assert order.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    assert order.workflow.receipt is not None
    [left] = order.workflow.receipt.items
    assert (left.name, left.state) == ("wf_kettle", "leftover")
    cause = "bank_closed: the bank does not answer"
    assert left.detail == f"skip by the program; undo failed: {cause}"
    assert program.shop.world == (set(), {"wf_kettle"}, set())
    assert program.asked == ["charge"]


def test_a_defect_of_an_undo_is_told_in_the_receipt_and_not_at_any_length() -> None:
    troubles: Troubles = {
        "+ship": [Rejected("no_van", "no van today")],
        "-refund": [Rejected("no_account", "no such account" + "!" * 400)] * 99,
    }
    order = Programme(Shop(troubles=troubles)).sagas.run(KETTLE)

    assert order.workflow.receipt is not None
    [left] = order.workflow.receipt.items
    assert left.detail is not None
    assert left.detail.startswith("skip by the program; undo failed: no_account: no such")
    assert left.detail.endswith("!…")
    assert len(left.detail) < 350


def test_a_program_may_have_an_undo_tried_again_once_it_has_mended_what_was_wrong() -> None:
    troubles: Troubles = {
        "-ship": [Rejected("no_van", "no van today")],
        "-refund": [BANK_IS_CLOSED] * 3,
    }
    program = Programme(Shop(troubles=troubles), Decision.RETRY)

    order = program.sagas.run(KETTLE)

    assert (order.workflow.status, program.shop.world) == (Status.COMPENSATED, NOTHING)
    assert program.asked == ["charge"]


def test_a_cancel_in_the_middle_of_a_step_is_heard_before_the_next_one() -> None:
    program = Programme(Shop())

    def charge_while_anna_cancels(order: Workflow, shop: Shop) -> object:  # type: ignore[type-arg]
        program.sagas.cancel(order.id, "too dear")
        return charge(order, shop)

    steps = STEPS | {"charge": (charge_while_anna_cancels, refund)}
    program.sagas = replace(program.sagas, steps=steps)
    order = program.sagas.run(KETTLE)

    assert order.workflow.status is Status.COMPENSATED
    assert "ship" not in program.shop.calls
    late = program.sagas.cancel(order.workflow.workflow_id, "too late")
    assert late.workflow.version == order.workflow.version


def test_what_a_process_had_begun_that_died_is_taken_back_by_the_next_one() -> None:
    shop = Shop(troubles={"+charge": [KeyboardInterrupt()]})  # type: ignore[list-item]
    program = Programme(shop)
    with pytest.raises(KeyboardInterrupt):
        program.sagas.run(KETTLE, workflow_id="wf_kettle")
    assert shop.charged == {"wf_kettle"}

    order = program.sagas.rescue("wf_kettle")

    assert (order.workflow.status, shop.world) == (Status.COMPENSATED, NOTHING)
    assert program.sagas.rescue("wf_kettle") == order


def test_an_undo_waits_while_that_of_another_process_may_still_run() -> None:
    program = Programme(Shop())
    begun_elsewhere(program.store)

    order = program.sagas.rescue("wf_kettle")

    assert order.workflow.status is Status.COMPENSATED
    assert program.asked == []
    assert program.now > NOW + timedelta(minutes=8)


def test_an_undo_that_was_given_up_for_dead_has_no_say_in_the_end() -> None:
    """It comes back when the other one has undone everything, and finds nothing to do."""
    program = Programme(Shop(troubles={"+ship": [Rejected("no_van", "no van today")]}))

    def recall_slowly(order: Workflow, shop: Shop) -> None:  # type: ignore[type-arg]
        first_time = not shop.calls.count("recall")
        recall(order, shop)
        if first_time:
            program.sagas.rescue(order.id)

    steps = STEPS | {"ship": (ship, recall_slowly)}
    program.sagas = replace(program.sagas, steps=steps)
    order = program.sagas.run(KETTLE)

    assert (order.workflow.status, program.shop.world) == (Status.COMPENSATED, NOTHING)
    assert program.shop.calls[3:] == ["recall", "recall", "refund", "unreserve"]


@pytest.mark.parametrize("decide", [lambda *_: None, lambda *_: 1 / 0])
def test_a_program_that_decides_nothing_leaves_what_is_left_and_says_so(
    decide: Callable[[str, str], Decision],
) -> None:
    troubles: Troubles = {
        "+ship": [Rejected("no_van", "no van today")],
        "-refund": [BANK_IS_CLOSED] * 99,
    }
    program = Programme(Shop(troubles=troubles))
    program.sagas = replace(program.sagas, decide=decide)

    order = program.sagas.run(KETTLE, workflow_id="wf_kettle")

    assert order.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    assert order.workflow.receipt is not None
    assert "decide failed" in str(order.workflow.receipt.items[0].detail)


def test_the_sagas_of_another_plan_are_left_alone() -> None:
    """One that knows no undo for what was begun would call it clean."""
    program = Programme(Shop())
    order = program.sagas.run(KETTLE).workflow.workflow_id
    reserving = Plan("order", "2", Order, (Step("reserve", timeout_s=10),))
    shorter = replace(program.sagas, plan=reserving, steps={"reserve": (reserve, unreserve)})
    other = replace(program.sagas, plan=replace(ORDERS, name="parcels"))

    for sagas in (shorter, other):
        with pytest.raises(Rejected, match="other_plan"):
            sagas.rollback(order, "changed my mind")
        with pytest.raises(Rejected, match="other_plan"):
            sagas.rescue(order)
    assert program.shop.charged == {order}


def test_an_undo_that_only_promises_to_run_has_not_run() -> None:
    program = Programme(Shop(troubles={"+ship": [Rejected("no_van", "no van today")]}))

    async def later(order: Workflow[Any], shop: Shop) -> None:
        refund(order, shop)

    def promise(order: Workflow[Any], shop: Shop) -> object:
        return later(order, shop)

    program.sagas = replace(program.sagas, steps=STEPS | {"charge": (charge, promise)})
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # it never runs
        order = program.sagas.run(KETTLE, workflow_id="wf_kettle")
        gc.collect()

    assert order.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    assert order.workflow.receipt is not None
    assert "never ran" in str(order.workflow.receipt.items[0].detail)


def test_what_lands_after_its_undo_is_taken_back_though_that_fails_at_first() -> None:
    program = Programme(Shop(troubles={"-refund": [BANK_IS_CLOSED]}))

    def charge_late(order: Workflow[Any], shop: Shop) -> Outcome:
        program.sagas.rescue(order.id)
        shop.troubles["-refund"] = [BANK_IS_CLOSED]
        return charge(order, shop)

    program.sagas = replace(program.sagas, steps=STEPS | {"charge": (charge_late, refund)})
    order = program.sagas.run(KETTLE)

    assert (order.workflow.status, program.shop.world) == (Status.COMPENSATED, NOTHING)


def test_what_a_step_does_to_the_results_of_another_is_not_what_is_on_record() -> None:
    program, taken = Programme(Shop()), list[int]()

    def reserve_two(order: Workflow[Any], shop: Shop) -> Outcome:
        return Outcome.of(created=reserve(order, shop).created, places=[1, 2])

    def give_back(order: Workflow[Any], shop: Shop) -> None:
        taken.extend(order.outputs("reserve")["places"])
        unreserve(order, shop)

    def empty_and_fail(order: Workflow[Any], **_: object) -> Outcome:
        order.outputs("reserve")["places"].clear()
        raise Rejected("no_van", "no van today")

    steps: Steps = {
        "reserve": (reserve_two, give_back),
        "charge": (charge, refund),
        "ship": (empty_and_fail, recall),
    }
    program.sagas = replace(program.sagas, steps=steps)
    program.sagas.run(KETTLE)

    assert taken == [1, 2]


def test_a_wrong_request_is_refused_before_anything_is_written() -> None:
    program = Programme(Shop())

    with pytest.raises(ValidationError, match="amount_cents"):
        program.sagas.run({"product": "kettle"}, workflow_id="wf_kettle")

    assert (
        program.sagas.run(KETTLE, workflow_id="wf_kettle").steps["ship"].status is StepStatus.DONE
    )
    with pytest.raises(Conflict):
        program.sagas.run(KETTLE, workflow_id="wf_kettle")


def begun_elsewhere(store: MemoryStore) -> None:
    """Its undo was under way in a process that nothing was heard of since."""
    record = WorkflowRecord(
        workflow_id="wf_kettle",
        definition=ORDERS.name,
        definition_version=ORDERS.version,
        request=KETTLE,
        owner="anna",
        created_at=NOW,
        updated_at=NOW,
    )
    store.commit(transitions.requested(record, None))
    saga = store.load("wf_kettle")
    store.commit(transitions.intended(saga, saga.step("reserve", 1), {}, NOW))
    store.commit(transitions.turned(store.load("wf_kettle"), NOW))
    saga = store.load("wf_kettle")
    lease = ("wf_kettle", timedelta(minutes=9))
    store.commit(transitions.undo_intended(saga, saga.steps["reserve"], lease, NOW))
