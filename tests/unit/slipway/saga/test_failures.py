"""Whatever a step raises is on record: as what it is, not as an attempt that was killed."""

from typing import Any

import pytest
from tests.faults.test_order_saga import KETTLE, ORDERS, STEPS, FakeWorld, Order, Shop

from slipway.saga import Outcome, Rejected, Status, Workflow
from slipway.saga.failures import failure_of
from slipway.saga.testing import Subject
from slipway.saga.testing.judgement import check_undone
from slipway.saga.testing.trial import Trial


class Speechless(Exception):  # noqa: N818  (named by the condition)
    def __str__(self) -> str:
        return self.args[7]  # type: ignore[no-any-return]  # there is no such argument


def charge_speechlessly(_order: Workflow[Order], shop: Shop) -> Outcome:
    shop.charged["anna"] = 1
    raise Speechless


def refund(_order: Workflow[Order], shop: Shop) -> None:
    shop.charged.clear()


def test_an_error_that_cannot_be_printed_is_recorded_by_the_name_of_its_type() -> None:
    steps = {**STEPS, "charge": (charge_speechlessly, refund)}
    trial = Trial(Subject(plan=ORDERS, steps=steps, world=FakeWorld, request=KETTLE))

    trial.play()

    told = trial.saga.workflow.error
    assert told is not None
    assert (told.step, told.code) == ("charge", "defect")
    assert told.message.startswith(f"Speechless in {__name__}, line ")
    assert trial.saga.workflow.status is Status.COMPENSATED
    assert check_undone(trial) == "undone"


@pytest.mark.parametrize(("answer", "told"), [(None, "None"), ("paid with 4111 1111", "str")])
def test_a_step_that_does_not_say_what_it_did_is_told_as_that_and_undone(
    answer: object, told: str
) -> None:
    def charge(_order: Workflow[Order], shop: Shop) -> object:
        shop.charged["anna"] = 1
        return answer

    steps = {**STEPS, "charge": (charge, refund)}
    trial = Trial(Subject(plan=ORDERS, steps=steps, world=FakeWorld, request=KETTLE))

    trial.play()

    error = trial.saga.workflow.error
    assert error is not None
    assert (error.step, error.code) == ("charge", "defect")
    assert error.message == f"charge returned {told}, not an Outcome"
    assert error.fix is not None
    assert trial.saga.steps["charge"].attempts == 1
    assert trial.diary.of("compensate") == ["charge", "reserve"]
    assert check_undone(trial) == "undone"


@pytest.mark.parametrize(("message", "told"), [(None, "None"), (7, "7")])
def test_what_a_step_gives_instead_of_a_text_is_told_as_one(message: Any, told: str) -> None:
    assert failure_of(Rejected("sold_out", message)).message == told
