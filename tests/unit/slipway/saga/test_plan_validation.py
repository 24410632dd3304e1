"""Plan, steps and ports that do not fit are refused before a saga writes or does anything."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.slipway.saga.orders import ORDERS, Shop, charge, refund, reserve, ship, unreserve

from slipway.saga import Behaviour, Outcome, Plan, Sagas, Status, Step, Workflow
from slipway.saga.plan_validation import InvalidPlan

STEPS: dict[str, Any] = {
    "reserve": (reserve, unreserve),
    "charge": (charge, refund),
    "ship": (ship, unreserve),
}
PAIR = "give it (do, undo) or (do, undo, intent)"


def with_money(_order: Workflow[Any], money: int) -> None:
    """Wants what nobody gives it."""


def without_ports(_order: Workflow[Any]) -> None:
    """Does not want what it is given."""


async def later(_order: Workflow[Any], shop: Shop) -> None:
    """Nobody awaits it."""


WRONG: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "a step without functions": (
        {"reserve": STEPS["reserve"], "ship": STEPS["ship"]},
        "steps= has no charge, which the plan has",
        "give each step of the plan its (do, undo)",
    ),
    "functions without a step": (
        STEPS | {"wrap": (reserve, unreserve)},
        "steps= has wrap, which the plan does not have",
        "add it to the plan, or leave it out",
    ),
    "one function alone": (STEPS | {"charge": charge}, "the functions of charge are charge", PAIR),
    "no undo": (STEPS | {"charge": (charge, None)}, "charge are (charge, None)", PAIR),
    "no function that does": (STEPS | {"charge": (None, refund)}, "are (None, refund)", PAIR),
    "a text": (STEPS | {"charge": (charge, "no")}, "charge are (charge, a str)", PAIR),
    "four of them": (STEPS | {"charge": (charge,) * 4}, "(charge, charge, charge, charge)", PAIR),
    "the functions of another step": (
        STEPS | {"charge": Behaviour("pay", charge, refund)},
        "the functions of charge are named pay",
        "use the step's name in the plan",
    ),
    "a port that nobody gives": (
        STEPS | {"charge": (charge, with_money)},
        "charge cannot be given its ports: with_money(",
        "`ports=` are shop, and every function takes (workflow, **ports)",
    ),
    "a port that is not taken": (
        STEPS | {"charge": (charge, refund, without_ports)},
        "charge cannot be given its ports: without_ports(",
        "`ports=` are shop",
    ),
    "an undo that would never run": (
        STEPS | {"charge": (charge, later)},
        "later of charge is async",
        "make it an ordinary function",
    ),
}


@pytest.mark.parametrize(("steps", "what", "fix"), WRONG.values(), ids=list(WRONG))
def test_sagas_that_cannot_run_are_never_made(
    steps: Mapping[str, Any], what: str, fix: str
) -> None:
    with pytest.raises(InvalidPlan) as refused:
        Sagas(ORDERS, steps, {"shop": Shop()})

    assert what in str(refused.value)
    assert f"\nFix: {fix}" in str(refused.value)


def test_ports_without_names_are_refused() -> None:
    with pytest.raises(InvalidPlan, match=r"`ports=` are a Shop\nFix: give the ports by name"):
        Sagas(ORDERS, STEPS, Shop())  # type: ignore[arg-type]


def test_of_a_retired_step_only_the_undo_is_needed() -> None:
    wrap = Step("wrap", timeout_s=10, retired=True)
    plan: Plan = replace(ORDERS, steps=(ORDERS.steps[0], wrap, *ORDERS.steps[1:]))
    kettle, shop = {"product": "kettle", "amount_cents": 4900}, Shop()

    sagas = Sagas(plan, {**STEPS, "wrap": (None, unreserve)}, {"shop": shop})

    assert sagas.run(kettle).workflow.status is Status.COMPLETED
    with pytest.raises(InvalidPlan, match=r"give it \(None, undo\)"):
        Sagas(plan, {**STEPS, "wrap": (None, None)}, {"shop": shop})


def test_a_step_that_brings_its_own_ports_is_given_only_those() -> None:
    def pay(_order: Workflow[Any], purse: str) -> Outcome:
        return Outcome.nothing(purse=purse)

    def forget(_order: Workflow[Any], purse: str) -> None:
        assert purse

    own = Behaviour("charge", pay, forget, ports={"purse": lambda: "red"})
    sagas = Sagas(ORDERS, {**STEPS, "charge": own}, {"shop": Shop()})

    saga = sagas.run({"product": "kettle", "amount_cents": 4900})

    assert saga.steps["charge"].outputs == {"purse": "red"}


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((), "'order' has no step to begin; give it a Step"),
        ((Step("ship", 10, retired=True),), "'order' has no step to begin"),
        ((Step("ship", 10), Step("ship", 20)), "two steps have one name; give each its own"),
    ],
)
def test_a_plan_of_no_use_says_what_it_lacks(steps: tuple[Step, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Plan("order", "1", ORDERS.request, steps)
