"""Plans that a user may write: with a retired step, with no tries to spare, with a step that waits.

The bank takes its time: a charge is asked for, and is made when it is looked at for the third time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.faults.on_state_machine import StateMachines
from tests.faults.test_order_saga import KETTLE, ORDERS, STEPS, FakeWorld, Order

from slipway.saga import Outcome, Pending, Plan, Step, Workflow
from slipway.saga.testing import Cell, LawBroken, Subject, laws, laws_of, matrix
from slipway.saga.testing.baseline import BaselineBroken
from slipway.saga.testing.trial import ME

MACHINES = StateMachines()


def with_retired(place: int) -> dict[str, Any]:
    """The gift wrapping of last year."""
    steps = list(ORDERS.steps)
    steps.insert(place, Step("wrap", timeout_s=10, retired=True))
    undo = STEPS["reserve"][1]
    return {"plan": replace(ORDERS, steps=tuple(steps)), "steps": {**STEPS, "wrap": (None, undo)}}


def tried_once(*names: str) -> Plan:
    steps = (
        replace(step, retries=0, undo_retries=0) if step.name in names else step for step in ORDERS
    )
    return replace(ORDERS, steps=tuple(steps))


@dataclass
class Bank:
    """Orders that it was asked to charge, with the days that passed; and what it has charged."""

    asked: dict[str, int] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)

    def charge(self, order: str) -> None:
        if order not in self.charged:
            self.asked.setdefault(order, 0)

    def is_charged(self, order: str) -> bool:
        return order in self.charged

    def cancel(self, order: str) -> None:
        self.asked.pop(order, None)
        self.charged.pop(order, None)

    def pass_a_day(self) -> None:
        for order, days in list(self.asked.items()):
            self.asked[order] = days + 1
            if days == 2:
                self.charged[order] = 4900
                del self.asked[order]


class BankWorld(FakeWorld):
    def __init__(self) -> None:
        super().__init__()
        self.bank = Bank()
        self.ports: dict[str, Any] = {"shop": self.shop, "bank": self.bank}

    def meanwhile(self) -> None:
        self.bank.pass_a_day()

    def snapshot(self) -> object:
        return super().snapshot(), dict(self.bank.asked), dict(self.bank.charged)


Waits = Workflow[Order]


def ask(order: Waits, bank: Bank, **_: object) -> Outcome | Pending:
    bank.charge(order.id)
    return Pending()


def look(order: Waits, bank: Bank, **_: object) -> Outcome | Pending:
    return Outcome.nothing() if bank.is_charged(order.id) else Pending()


def refund(order: Waits, bank: Bank, **_: object) -> None:
    bank.cancel(order.id)


def look_at_nothing(_order: Waits, **_: object) -> Outcome | Pending:
    """Believes that all is well."""
    return Outcome.nothing()


def forget_what_was_asked(order: Waits, bank: Bank, **_: object) -> None:
    """The bank goes on with what it was asked for."""
    bank.charged.pop(order.id, None)


def in_a_shop(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda order, shop, **_: function(order, shop)


AT_THE_BANK = replace(
    ORDERS,
    steps=tuple(replace(s, waits_s=3600) if s.name == "charge" else s for s in ORDERS),
)
WITH_BANK: Mapping[str, Any] = {
    **{name: tuple(map(in_a_shop, functions)) for name, functions in STEPS.items()},
    "charge": (ask, refund, None, look),
}
WAITING = Subject(plan=AT_THE_BANK, steps=WITH_BANK, world=BankWorld, request=KETTLE)

test_with_a_retired_step_at_the_end = laws(**with_retired(3), world=FakeWorld, request=KETTLE)
test_with_a_retired_step_at_the_beginning = laws(
    1, 4, 5, 6, **with_retired(0), world=FakeWorld, request=KETTLE
)
test_where_nothing_is_tried_again = laws(
    plan=tried_once("reserve", "charge", "ship"), steps=STEPS, world=FakeWorld, request=KETTLE
)
test_where_one_step_is_tried_once = laws(
    1, 2, 4, plan=tried_once("charge"), steps=STEPS, world=FakeWorld, request=KETTLE
)
test_with_a_step_that_waits = laws_of({"": WAITING})
test_with_a_step_that_waits_on_the_state_machine = laws_of(
    {"": replace(WAITING, drive=MACHINES.drive)}, 3, 10
)


@pytest.fixture(scope="module", autouse=True)
def machines() -> Iterator[None]:
    with MACHINES.running():
        yield


def names(subject: Subject, *only: int) -> set[str]:
    return {str(cell) for cell in matrix(subject, *only)}


def test_of_a_plan_with_one_hasty_step_the_others_lose_no_cell() -> None:
    hasty = Subject(plan=tried_once("charge"), steps=STEPS, world=FakeWorld, request=KETTLE)
    patient = replace(hasty, plan=ORDERS)

    lost = names(patient, 1, 2) - names(hasty, 1, 2)

    assert lost
    assert all("charge" in name for name in lost)


def test_whoever_looks_dies_at_every_call_of_the_bank_and_of_the_store() -> None:
    cells = names(WAITING, 4)

    for when in ("before", "after"):
        assert f"law-04-look-at-charge-killed-x1-{when}-call-1-bank.is_charged" in cells
    without_looks = names(replace(WAITING, plan=ORDERS, steps=STEPS), 4)
    assert sum("there-killed" in name for name in cells) > sum(
        "there-killed" in name for name in without_looks
    )


DEFECTS: Mapping[str, tuple[Callable[..., Any] | None, ...]] = {
    "a look that believes that all is well": (ask, refund, None, look_at_nothing),
    "an undo that lets the bank go on": (ask, forget_what_was_asked, None, look),
}


@pytest.mark.parametrize("functions", DEFECTS.values(), ids=list(DEFECTS))
def test_a_defect_of_a_step_that_waits_is_found(
    functions: tuple[Callable[..., Any] | None, ...],
) -> None:
    subject = replace(WAITING, steps={**WITH_BANK, "charge": functions})

    assert any(told(cell) for cell in matrix(subject, 4, 8))


def told(cell: Cell) -> str:
    try:
        cell.check()
    except LawBroken as broken:
        return str(broken)
    return ""


def test_what_lands_when_all_is_over_is_told_with_the_step_that_began_it() -> None:
    functions = DEFECTS["an undo that lets the bank go on"]
    subject = replace(WAITING, steps={**WITH_BANK, "charge": functions})

    first = next(filter(None, map(told, matrix(subject, 4))))

    assert first.startswith("law 8: after a rollback the world differs: ")
    assert ME in first
    assert first.endswith("made by charge, whose undo did not revert it")


def test_work_outside_that_never_ends_is_one_failure_with_its_fix() -> None:
    class Closed(BankWorld):
        def meanwhile(self) -> None:
            """The bank is closed for ever."""

    cells = list(matrix(replace(WAITING, world=Closed)))

    assert [str(cell) for cell in cells] == ["law-00-baseline"]
    with pytest.raises(
        BaselineBroken, match="charge never stops waiting: its work outside never ends"
    ):
        cells[0].check()
