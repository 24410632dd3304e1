"""The toolkit, told as the story of a shop."""

from datetime import timedelta

import pytest
from tests.unit.slipway.saga.orders import NOW, ORDERS, Order, OrderDesk, Shop

from slipway.saga import (
    Outcome,
    Pending,
    ReceiptItem,
    Rejected,
    Saga,
    Status,
    StepStatus,
    Unavailable,
    Workflow,
    transitions,
)
from slipway.saga.state import Cancel, Lease

DOWN = Unavailable("bank_down", "the bank does not answer")
EMPTY: tuple[set[str], set[str], set[str]] = (set(), set(), set())


def test_an_order_that_meets_no_trouble_is_reserved_charged_and_shipped() -> None:
    desk = OrderDesk(Shop())

    saga = desk.run()

    assert saga.workflow.status is Status.COMPLETED
    assert desk.shop.world == ({"wf_anna"}, {"wf_anna"}, {"wf_anna"})
    assert [s.status for s in saga.steps.values()] == [StepStatus.DONE] * 3


def test_a_payment_that_is_refused_gives_the_product_back() -> None:
    desk = OrderDesk(Shop(troubles={"-charge": [Rejected("card_refused", "no money")]}))

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED
    assert desk.shop.world == EMPTY
    assert saga.workflow.error is not None
    assert (saga.workflow.error.step, saga.workflow.error.code) == ("charge", "card_refused")
    assert desk.shop.calls == ["reserve", "charge", "refund", "unreserve"]


def test_a_parcel_that_was_sent_although_the_carrier_said_no_is_recalled_too() -> None:
    desk = OrderDesk(Shop(troubles={"+ship": [Rejected("carrier_lost", "no answer")]}))

    desk.run()

    assert desk.shop.world == EMPTY
    assert desk.shop.calls[-3:] == ["recall", "refund", "unreserve"]


def test_a_step_that_is_proven_to_have_done_nothing_is_not_undone() -> None:
    desk = OrderDesk(Shop(stock=0))

    saga = desk.run()

    assert desk.shop.calls == []
    assert saga.workflow.status is Status.COMPENSATED
    assert saga.steps["reserve"].status is StepStatus.FAILED


def test_a_bank_that_is_down_for_a_moment_is_asked_again() -> None:
    desk = OrderDesk(Shop(troubles={"-charge": [DOWN]}))

    saga = desk.run()

    assert saga.workflow.status is Status.COMPLETED
    assert saga.steps["charge"].attempts == 2


def test_a_bank_that_stays_down_is_the_cause_that_is_told() -> None:
    desk = OrderDesk(Shop(troubles={"-charge": [DOWN] * 5}))

    saga = desk.run()

    assert saga.workflow.error is not None
    assert saga.workflow.error.code == "bank_down"
    assert desk.shop.world == EMPTY


def test_a_defect_in_a_step_is_recorded_and_undone_like_any_other_failure() -> None:
    desk = OrderDesk(Shop(troubles={"+charge": [ZeroDivisionError("card 4111 1111")]}))

    saga = desk.run()

    assert saga.workflow.error is not None
    assert saga.workflow.error.message.startswith("ZeroDivisionError in tests.unit.slipway.saga.")
    assert "4111" not in "".join(event.model_dump_json() for event in desk.store.events("wf_anna"))
    assert desk.shop.world == EMPTY


class Unspeakable(Exception):  # noqa: N818  (a name as a library would have it)
    def __str__(self) -> str:
        raise LookupError


def test_an_error_that_cannot_say_what_it_is_is_recorded_by_the_name_of_its_kind() -> None:
    desk = OrderDesk(Shop(troubles={"+charge": [Unspeakable()]}))

    saga = desk.run()

    assert saga.workflow.error is not None
    assert saga.workflow.error.message.startswith("Unspeakable in ")
    assert saga.workflow.error.step == "charge"
    assert desk.shop.world == EMPTY


def test_a_refund_that_keeps_failing_is_parked_and_the_product_is_still_given_back() -> None:
    troubles: dict[str, list[Exception]] = {
        "-ship": [Rejected("no_carrier", "none")],
        "-refund": [DOWN] * 5,
    }
    desk = OrderDesk(Shop(troubles=troubles))

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    assert saga.steps["charge"].status is StepStatus.UNDO_PARKED
    assert desk.shop.world == (set(), {"wf_anna"}, set())
    assert saga.workflow.receipt is not None
    assert [i.kind for i in saga.workflow.receipt.items if i.state == "leftover"] == ["charge"]


def test_running_a_step_twice_has_the_effect_of_running_it_once() -> None:
    desk = OrderDesk(Shop())
    workflow_id = desk.order()

    desk.runner.execute(desk.behaviours["reserve"], workflow_id)
    desk.runner.execute(desk.behaviours["reserve"], workflow_id)

    assert desk.shop.calls == ["reserve"]


def test_an_undo_of_nothing_succeeds_and_does_nothing() -> None:
    desk = OrderDesk(Shop())
    workflow_id = desk.order()

    desk.runner.compensate(desk.behaviours["ship"], workflow_id, "run-1")
    desk.runner.compensate(desk.behaviours["ship"], workflow_id, "run-1")

    assert desk.shop.calls == []


def test_an_undo_that_comes_after_the_completion_touches_nothing() -> None:
    desk = OrderDesk(Shop())
    desk.run()

    desk.driver.undo("wf_anna", "late-1")

    assert desk.store.load("wf_anna").workflow.status is Status.COMPLETED
    assert desk.shop.world == ({"wf_anna"}, {"wf_anna"}, {"wf_anna"})


def test_no_step_runs_forward_once_undoing_has_begun() -> None:
    desk = OrderDesk(Shop(troubles={"-charge": [Rejected("card_refused", "no money")]}))
    desk.run()

    with pytest.raises(Rejected, match="undoing"):
        desk.runner.execute(desk.behaviours["reserve"], "wf_anna")

    assert desk.shop.world == EMPTY


def test_a_start_after_a_rollback_that_died_on_its_way_back_finishes_the_rollback() -> None:
    desk = OrderDesk(Shop(troubles={"-ship": [Rejected("no_carrier", "none")]}))
    workflow_id = desk.order()
    for step in ("reserve", "charge"):
        desk.runner.execute(desk.behaviours[step], workflow_id)
    desk.runner.compensate(desk.behaviours["ship"], workflow_id, "run-1")

    desk.now += timedelta(minutes=6)
    desk.driver.run(workflow_id, "run-2")

    assert desk.store.load(workflow_id).workflow.status is Status.COMPENSATED
    assert desk.shop.world == EMPTY


def test_a_cancelled_order_that_is_started_again_is_undone_from_where_the_first_start_died() -> (
    None
):
    desk = OrderDesk(Shop())
    workflow_id = desk.order()
    for step in ("reserve", "charge"):
        desk.runner.execute(desk.behaviours[step], workflow_id)
    cancel = Cancel(reason="changed my mind", requested_at=NOW, requested_by="anna")
    desk.store.commit(transitions.cancel_requested(desk.store.load(workflow_id), cancel, None))

    desk.driver.run(workflow_id, "run-2")

    assert desk.store.load(workflow_id).workflow.status is Status.COMPENSATED
    assert desk.shop.world == EMPTY


def test_a_charge_that_lands_after_its_undo_takes_itself_back() -> None:
    shop = Shop()
    desk = OrderDesk(shop)
    workflow_id = desk.order()

    def undo_meanwhile(order: Workflow[Order], shop: Shop) -> Outcome | Pending:
        desk.runner.compensate(desk.behaviours["charge"], workflow_id, "run-1")
        return charge_behaviour.execute(order, shop)

    charge_behaviour = desk.behaviours["charge"]
    late = type(charge_behaviour)(
        "charge", undo_meanwhile, charge_behaviour.compensate, ports=charge_behaviour.ports
    )

    with pytest.raises(Rejected, match="fenced"):
        desk.runner.execute(late, workflow_id)

    assert shop.charged == set()


def test_a_cancel_stops_the_next_step_and_undoes_the_earlier_ones() -> None:
    desk = OrderDesk(Shop())
    workflow_id = desk.order()
    desk.runner.execute(desk.behaviours["reserve"], workflow_id)
    cancel = Cancel(reason="changed my mind", requested_at=NOW, requested_by="anna")
    desk.store.commit(transitions.cancel_requested(desk.store.load(workflow_id), cancel, None))

    desk.driver.run(workflow_id)

    saga = desk.store.load(workflow_id)
    assert saga.workflow.status is Status.COMPENSATED
    assert saga.workflow.error is not None
    assert saga.workflow.error.message == "changed my mind"
    assert desk.shop.world == EMPTY


def test_a_step_that_died_without_a_word_is_undone_and_named_as_the_cause() -> None:
    desk = OrderDesk(Shop())
    workflow_id = desk.order()
    saga = desk.store.load(workflow_id)
    desk.store.commit(transitions.intended(saga, saga.step("reserve", 1), {}, NOW))
    desk.shop.reserved.add(workflow_id)

    desk.driver.undo(workflow_id, "rescue-1")

    saga = desk.store.load(workflow_id)
    assert saga.workflow.error is not None
    assert saga.workflow.error.code == "interrupted"
    assert desk.shop.world == EMPTY


def test_two_undo_passes_never_run_at_once() -> None:
    desk = OrderDesk(Shop())
    workflow_id = desk.order()
    desk.runner.execute(desk.behaviours["reserve"], workflow_id)
    saga = desk.store.load(workflow_id)
    lease = ("run-1", timedelta(minutes=5))
    desk.store.commit(transitions.undo_intended(saga, saga.steps["reserve"], lease, NOW))

    with pytest.raises(Unavailable, match="run-1 is undoing"):
        desk.runner.compensate(desk.behaviours["reserve"], workflow_id, "run-2")
    desk.now += timedelta(minutes=6)
    desk.runner.compensate(desk.behaviours["reserve"], workflow_id, "run-2")

    assert desk.shop.world == EMPTY
    assert desk.store.load(workflow_id).workflow.lease == Lease(
        holder="run-2", expires_at=desk.now + timedelta(seconds=180)
    )


def test_the_numbers_of_the_events_have_no_gap_and_end_at_the_version() -> None:
    desk = OrderDesk(Shop(troubles={"-ship": [DOWN] * 5}))

    saga = desk.run()

    sequences = [event.sequence for event in desk.store.events("wf_anna")]
    assert sequences == list(range(1, saga.workflow.version + 1))


def test_a_world_that_cannot_be_asked_is_never_called_clean() -> None:
    desk = OrderDesk(Shop(troubles={"-ship": [Rejected("no_carrier", "none")]}))

    def blind(_saga: Saga) -> list[ReceiptItem]:
        raise DOWN

    workflow_id = desk.order()
    desk.driver = type(desk.driver)(
        ORDERS, desk.runner, desk.behaviours, desk.endings(inspectors=[blind])
    )
    desk.driver.run(workflow_id)

    saga = desk.store.load(workflow_id)
    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
