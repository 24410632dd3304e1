"""For each law a saga, a driver or a store that breaks it: the kit must find it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import Phase, settings
from tests.faults.test_order_saga import KETTLE, ORDERS, STEPS, FakeWorld, Order, Shop

from slipway.messages.events import Event
from slipway.saga import (
    Behaviour,
    Outcome,
    Plan,
    ReceiptItem,
    Runner,
    Saga,
    Status,
    Step,
    Store,
    Workflow,
)
from slipway.saga.driver import InProcessDriver
from slipway.saga.memory import MemoryStore
from slipway.saga.testing import LAWS, LawBroken, Subject, matrix
from slipway.saga.testing.sequences import sequences

SOUND = Subject(plan=ORDERS, steps=STEPS, world=FakeWorld, request=KETTLE)


def charge_each_time(order: Workflow[Order], shop: Shop) -> Outcome:
    """Not idempotent: the card is charged as often as the step runs."""
    shop.charged[order.id] = shop.charged.get(order.id, 0) + order.request.amount_cents
    return Outcome.nothing()


def refund_what_was_charged(order: Workflow[Order], shop: Shop) -> None:
    """Raises when there was nothing to undo."""
    del shop.charged[order.id]


def ship_under_a_new_name(order: Workflow[Order], shop: Shop) -> Outcome:
    """The name is drawn, not derived: the undo cannot know it unless the step was recorded."""
    parcel = f"parcel-{len(shop.shipped)}-{order.id}"
    shop.shipped[parcel] = order.request.product
    return Outcome.of(parcel=parcel)


def recall_by_result(order: Workflow[Order], shop: Shop) -> None:
    shop.shipped.pop(order.outputs("ship").get("parcel", ""), None)


def reserve_for_all(order: Workflow[Order], shop: Shop) -> Outcome:
    """One shelf for all orders: there already, it is adopted."""
    shop.reserved["shelf"] = order.request.product
    return Outcome.nothing()


def clear_the_shelf(_order: Workflow[Order], shop: Shop) -> None:
    """Deletes what it only adopted."""
    shop.reserved.pop("shelf", None)


def keep(_order: Workflow[Order], **_: object) -> None:
    """Undoes nothing."""


def all_well(_world: FakeWorld) -> list[Callable[[Saga], list[ReceiptItem]]]:
    """Trusts its own records instead of asking."""
    return [lambda _saga: []]


class TakesNothingBack(Runner):
    """An attempt that lands late stays."""

    def _undo_late_effect(self, behaviour: Behaviour, saga: Saga) -> None:
        """Nothing: that is what is wrong with it."""


class SparesTheFailedStep(InProcessDriver):
    """Undoes what was done before the step that failed, as many sagas do."""

    def undo(self, workflow_id: str, execution: str, steps: tuple[Step, ...] | None = None) -> None:
        given = self._plan.steps if steps is None else steps
        super().undo(workflow_id, execution, given[:-1] if len(given) > 1 else given)


class UndoesInOrder(InProcessDriver):
    def undo(self, workflow_id: str, execution: str, steps: tuple[Step, ...] | None = None) -> None:
        given = self._plan.steps if steps is None else steps
        super().undo(workflow_id, execution, given[::-1])


class StopsAtTheFirstError(InProcessDriver):
    """An execution that is dead once the storage was busy: nobody comes to its rescue."""

    def undo(self, workflow_id: str, execution: str, steps: tuple[Step, ...] | None = None) -> None:
        if not execution.startswith("rescue"):
            super().undo(workflow_id, execution, steps)


class DeafToCancels(MemoryStore):
    def load(self, workflow_id: str) -> Saga:
        saga = super().load(workflow_id)
        return saga.model_copy(
            update={"workflow": saga.workflow.model_copy(update={"cancel": None})}
        )


class TakesAnyoneForInCharge(MemoryStore):
    """Forgets to which execution an undo was given."""

    def load(self, workflow_id: str) -> Saga:
        saga = super().load(workflow_id)
        return saga.model_copy(
            update={"workflow": saga.workflow.model_copy(update={"execution": None})}
        )


class LosesEvents(MemoryStore):
    def events(self, workflow_id: str, after: int = 0) -> Sequence[Event]:
        return [e for e in super().events(workflow_id, after) if e.type != "slipway.step.started"]


class Forgets(Runner):
    """Runs a step forward whatever is on record."""

    def __init__(self, plan: Plan, store: Store, now: Callable[[], datetime]) -> None:
        super().__init__(plan, _Forgetful(store), now)


class _Forgetful:
    """Shows a saga that is being undone as one that runs, to whoever is about to go forward."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def load(self, workflow_id: str) -> Saga:
        saga = self._store.load(workflow_id)
        if saga.workflow.status not in {Status.COMPENSATING, Status.COMPENSATED}:
            return saga
        running = saga.workflow.model_copy(update={"status": Status.RUNNING, "lease": None})
        return saga.model_copy(update={"workflow": running})


def with_step(name: str, *functions: Callable[..., Any]) -> Subject:
    return replace(SOUND, steps={**STEPS, name: functions})


BROKEN: Mapping[int, Mapping[str, Subject]] = {
    1: {
        "a card that is charged each time": with_step(
            "charge", charge_each_time, STEPS["charge"][1]
        )
    },
    2: {
        "an undo that raises on nothing": with_step(
            "charge", STEPS["charge"][0], refund_what_was_charged
        )
    },
    3: {"an attempt that lands late and stays": replace(SOUND, runner=TakesNothingBack)},
    4: {
        "an undo that needs the result": with_step("ship", ship_under_a_new_name, recall_by_result),
        "an execution that nobody can rescue": replace(SOUND, drive=StopsAtTheFirstError),
    },
    5: {"a driver that spares the failed step": replace(SOUND, drive=SparesTheFailedStep)},
    6: {"a driver that undoes in order": replace(SOUND, drive=UndoesInOrder)},
    7: {
        "an undo that deletes what it adopted": with_step(
            "reserve", reserve_for_all, clear_the_shelf
        )
    },
    8: {
        "an undo that undoes nothing": replace(
            with_step("ship", STEPS["ship"][0], keep), inspectors=all_well
        )
    },
    9: {"a receipt that nobody looked for": replace(SOUND, inspectors=all_well)},
    10: {"a runner that hears no cancel": replace(SOUND, store=DeafToCancels)},
    11: {"a store that loses events": replace(SOUND, store=LosesEvents)},
    12: {"a runner that forgets that it undoes": replace(SOUND, runner=Forgets)},
}
CASES = [
    pytest.param(law, subject, id=f"law-{law:02}-{what}")
    for law, subjects in BROKEN.items()
    for what, subject in subjects.items()
]


@pytest.mark.parametrize(("law", "subject"), CASES)
def test_what_breaks_a_law_is_found_in_a_cell_of_that_law(law: int, subject: Subject) -> None:
    assert any(broken(cell.check) for cell in matrix(subject, law))


def broken(check: Callable[[], str]) -> bool:
    try:
        check()
    except LawBroken:
        return True
    return False


def test_what_forgets_who_is_in_charge_is_found_where_an_undo_is_given_to_another() -> None:
    """A rollback on request, and what was begun twice and not undone from its end."""
    subject = replace(SOUND, store=TakesAnyoneForInCharge)

    found = [str(cell) for cell in matrix(subject) if broken(cell.check)]

    given = ("law-04-begun-again-", "law-12-rolled-back-")
    assert {next((g for g in given if name.startswith(g)), name) for name in found} == set(given)


@pytest.mark.parametrize("law", [11, 12])
def test_sequences_that_nobody_thought_of_find_it_too(law: int) -> None:
    subject = next(iter(BROKEN[law].values()))
    generate = settings(
        max_examples=400,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )

    with pytest.raises(LawBroken):
        sequences(subject, generate)("runTest").debug()


def test_every_law_has_something_that_breaks_it() -> None:
    assert set(BROKEN) == set(LAWS)


def on_shelf(name: str) -> tuple[Callable[..., Outcome], Callable[..., None]]:
    """What calls nothing of its port that could be refused."""

    def put(order: Workflow[Order], shop: Shop) -> Outcome:
        getattr(shop, name)[order.id] = order.request.product
        return Outcome.of(created=(f"{name}:{order.id}",))

    def take(order: Workflow[Order], shop: Shop) -> None:
        getattr(shop, name).pop(order.id, None)

    return put, take


def test_every_law_has_cells_also_where_no_port_is_called() -> None:
    shelves = {"reserve": "reserved", "charge": "charged", "ship": "shipped"}
    subject = replace(SOUND, steps={step: on_shelf(name) for step, name in shelves.items()})

    assert {cell.law for cell in matrix(subject)} == set(LAWS)


def test_a_cell_that_fails_names_itself_the_law_and_what_was_found() -> None:
    cell = next(iter(matrix(with_step("charge", charge_each_time, keep), 1)))
    cells = {str(cell): cell for cell in matrix(with_step("charge", charge_each_time, keep), 1)}

    assert str(cell) == "law-01-reserve-again-x1-before"
    with pytest.raises(LawBroken, match=r"law 1: .*9800"):
        cells["law-01-charge-again-x1-before"].check()
