"""Orders that were begun under one plan, and are met by the functions of another."""

from dataclasses import replace

from tests.unit.slipway.saga.orders import ORDERS, OrderDesk, Shop

from slipway.saga import Plan, Rejected, Saga, Status, StepStatus
from slipway.saga.machine import broken_rules, machine

SECOND = replace(ORDERS, version="2")
ANNA = "wf_anna"


def begun(shop: Shop) -> OrderDesk:
    """Under the first plan: the kettle is reserved and paid for."""
    desk = OrderDesk(shop)
    desk.order(ANNA)
    for step in ("reserve", "charge"):
        desk.runner.execute(desk.behaviours[step], ANNA)
    return desk


def met_by(plan: Plan, desk: OrderDesk) -> Saga:
    later = OrderDesk(desk.shop, desk.store, plan)
    later.driver.run(ANNA)
    return later.store.load(ANNA)


def test_what_began_under_another_version_is_undone_and_says_why() -> None:
    shop = Shop()

    saga = met_by(SECOND, begun(shop))

    assert saga.workflow.status is Status.COMPENSATED
    assert saga.workflow.error
    assert saga.workflow.error.code == "outdated"
    assert "version 1 of order" in saga.workflow.error.message
    assert shop.world == (set(), set(), set())
    assert "ship" not in shop.calls


def test_a_plan_that_continues_the_earlier_version_finishes_what_it_began() -> None:
    shop = Shop()

    saga = met_by(replace(SECOND, continues=("1",)), begun(shop))

    assert saga.workflow.status is Status.COMPLETED
    assert shop.calls == ["reserve", "charge", "ship"]


def retired(*names: str) -> Plan:
    steps = tuple(replace(step, retired=step.name in names) for step in ORDERS.steps)
    return replace(SECOND, steps=steps)


def test_a_retired_step_is_begun_no_more_and_what_it_did_is_still_undone() -> None:
    shop = Shop()
    fresh = OrderDesk(Shop(), plan=retired("charge"))

    old, new = met_by(retired("charge"), begun(shop)), fresh.run()

    assert old.workflow.status is Status.COMPENSATED
    assert old.steps["charge"].status is StepStatus.UNDONE
    assert shop.world == (set(), set(), set())
    assert new.workflow.status is Status.COMPLETED
    assert fresh.shop.calls == ["reserve", "ship"]


def test_a_failure_after_a_retired_step_does_not_undo_what_never_began() -> None:
    desk = OrderDesk(Shop(), plan=retired("charge"))
    desk.shop.troubles["-ship"] = [Rejected("lost", "the parcel is lost")]

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED
    assert "charge" not in saga.steps
    assert desk.shop.calls == ["reserve", "ship", "recall", "unreserve"]


def test_the_machine_has_no_way_forward_into_a_retired_step_and_keeps_its_undo() -> None:
    plan = retired("charge")
    rendered = machine(plan)

    assert "Charge" not in rendered["States"]
    assert rendered["States"]["Reserve"]["Next"] == "Ship"
    assert rendered["States"]["UndoShip"]["Next"] == "UndoCharge"
    assert broken_rules(rendered, plan) == []
