"""A charge that the bank makes in its own time: the step waits, and is told once it is known."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.slipway.saga.orders import NOW, ORDERS, Order, OrderDesk, Shop

from slipway.saga import (
    Behaviour,
    Outcome,
    Pending,
    Plan,
    Rejected,
    Runner,
    Saga,
    Status,
    Step,
    StepStatus,
    Unavailable,
    Workflow,
    transitions,
)
from slipway.saga.driver import InProcessDriver
from slipway.saga.state import Cancel
from slipway.saga.task_callbacks import TaskCallbacks
from slipway.saga.tasks import HEARTBEAT_EVERY_S, with_heartbeat

ME = "wf_anna"
Day = Callable[[], None]


class Bank:
    """Charges what it was asked to charge on the day that the test says."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.asked: set[str] = set()
        self.answers: list[Exception | None] = []

    def begin(self, order: Workflow[Order], **_: object) -> Outcome | Pending:
        self.asked.add(order.id)
        return Pending()

    def look(self, order: Workflow[Order], **_: object) -> Outcome | Pending:
        if not self.answers:
            return Pending()
        error = self.answers.pop(0)
        if error:
            raise error
        self.shop.charged.add(order.id)
        return Outcome.of(created=(f"charge:{order.id}",))

    def refund(self, order: Workflow[Order], **_: object) -> None:
        self.asked.discard(order.id)
        self.shop.charged.discard(order.id)


class WaitingDesk(OrderDesk):
    """What happens on each day of waiting is planned in `days`."""

    def __init__(self) -> None:
        super().__init__(Shop())
        self.bank = Bank(self.shop)
        self.days: list[Day] = []
        self.callbacks = TaskCallbacks(
            lambda _workflow_id: self.days.pop(0)() if self.days else None
        )
        self.plan = Plan(ORDERS.name, "1", Order, tuple(_waits(step) for step in ORDERS))
        self.runner = Runner(self.plan, self.store, lambda: self.now, tasks=lambda: self.callbacks)
        self.behaviours["charge"] = Behaviour(
            "charge", self.bank.begin, self.bank.refund, look=self.bank.look
        )
        self.driver = InProcessDriver(
            self.plan,
            self.runner,
            self.behaviours,
            self.endings([self.inspect_shop]),
            callbacks=self.callbacks,
        )

    def look(self) -> None:
        self.runner.resume(self.behaviours["charge"], ME)

    def answered(self, *answers: Exception | None) -> None:
        self.bank.answers += answers
        self.look()

    def cancel(self) -> None:
        asked = Cancel(reason="changed my mind", requested_at=NOW, requested_by="anna")
        self.store.commit(transitions.cancel_requested(self.store.load(ME), asked, None))

    def check_undone(self, saga: Saga, code: str) -> None:
        assert saga.workflow.status is Status.COMPENSATED
        assert saga.workflow.error is not None
        assert saga.workflow.error.code == code
        assert self.shop.world == (set(), set(), set())
        assert self.bank.asked == set()


def _waits(step: Step) -> Step:
    return replace(step, waits_s=3600) if step.name == "charge" else step


@pytest.fixture
def desk() -> WaitingDesk:
    return WaitingDesk()


def test_the_step_waits_and_goes_on_when_its_work_outside_is_done(desk: WaitingDesk) -> None:
    desk.days = [desk.look, desk.look, lambda: desk.answered(None)]

    saga = desk.run()

    assert saga.workflow.status is Status.COMPLETED
    assert desk.shop.world == ({ME}, {ME}, {ME})
    assert saga.steps["charge"].attempts == 1


def test_a_task_token_is_on_record_and_in_no_event(desk: WaitingDesk) -> None:
    desk.days = [lambda: desk.answered(None)]

    token = desk.run().steps["charge"].task_token

    assert token
    assert not [e for e in desk.store.events(ME) if token in e.model_dump_json()]


def test_a_word_that_comes_twice_is_one_word(desk: WaitingDesk) -> None:
    desk.days = [lambda: desk.answered(None)]
    saga = desk.run()

    desk.look()
    desk.look()

    assert desk.store.load(ME) == saga


def test_a_failure_outside_is_recorded_and_undone(desk: WaitingDesk) -> None:
    desk.days = [lambda: desk.answered(Rejected("card_refused", "no money"))]

    desk.check_undone(desk.run(), "card_refused")


def test_work_that_was_lost_outside_is_begun_again(desk: WaitingDesk) -> None:
    def lost() -> None:
        with pytest.raises(Unavailable):
            desk.answered(Unavailable("bank_closed", "it forgot"))

    desk.days = [lost, lambda: desk.answered(None)]

    saga = desk.run()

    assert saga.workflow.status is Status.COMPLETED
    assert saga.steps["charge"].attempts == 2


def test_a_cancel_ends_the_wait(desk: WaitingDesk) -> None:
    def cancelled() -> None:
        desk.cancel()
        desk.look()

    desk.days = [cancelled]

    desk.check_undone(desk.run(), "cancelled")


def test_a_wait_without_a_sign_of_life_is_undone(desk: WaitingDesk) -> None:
    desk.days = [desk.look]

    desk.check_undone(desk.run(), "interrupted")


def test_work_that_ends_after_its_undo_began_is_undone_and_not_recorded(
    desk: WaitingDesk,
) -> None:
    saga = desk.run()
    desk.shop.charged.add(ME)
    desk.bank.asked.add(ME)

    desk.answered(None)

    assert desk.store.load(ME) == saga
    assert saga.steps["charge"].status is StepStatus.UNDONE
    assert desk.shop.world == (set(), set(), set())
    assert desk.bank.asked == set()


def test_an_end_told_again_while_later_steps_are_undone_does_not_undo_out_of_order(
    desk: WaitingDesk,
) -> None:
    desk.order()
    desk.runner.execute(desk.behaviours["reserve"], ME)
    desk.runner.execute(desk.behaviours["charge"], ME, "token")
    desk.answered(None)
    desk.runner.execute(desk.behaviours["ship"], ME)
    desk.runner.compensate(desk.behaviours["ship"], ME, "run-1")

    desk.look()

    assert desk.store.load(ME).steps["charge"].status is StepStatus.DONE
    assert desk.shop.world == ({ME}, {ME}, set())


def test_work_that_is_begun_after_its_undo_is_taken_back(desk: WaitingDesk) -> None:
    desk.order()
    charge = desk.behaviours["charge"]

    def undo_meanwhile(order: Workflow[Order], **ports: object) -> Outcome | Pending:
        desk.runner.compensate(charge, ME, "run-1")
        return desk.bank.begin(order, **ports)

    with pytest.raises(Rejected, match="fenced"):
        desk.runner.execute(replace(charge, execute=undo_meanwhile), ME, "token")

    assert desk.bank.asked == set()


def test_a_word_that_was_lost_after_it_was_recorded_is_told_again(desk: WaitingDesk) -> None:
    def recorded_and_died() -> None:
        desk.bank.answers.append(None)
        Runner(desk.plan, desk.store, lambda: desk.now).resume(desk.behaviours["charge"], ME)
        assert desk.store.load(ME).steps["charge"].status is StepStatus.DONE
        desk.look()

    desk.days = [recorded_and_died]

    assert desk.run().workflow.status is Status.COMPLETED


def test_a_failure_that_was_lost_after_it_was_recorded_is_told_again(desk: WaitingDesk) -> None:
    def recorded_and_died() -> None:
        desk.bank.answers.append(Rejected("card_refused", "no money"))
        Runner(desk.plan, desk.store, lambda: desk.now).resume(desk.behaviours["charge"], ME)
        desk.look()

    desk.days = [recorded_and_died]

    desk.check_undone(desk.run(), "card_refused")


def test_a_defect_while_looking_is_undone_and_not_hidden(desk: WaitingDesk) -> None:
    def defect() -> None:
        with pytest.raises(ZeroDivisionError):
            desk.answered(ZeroDivisionError("planted by a test"))

    desk.days = [defect]

    desk.check_undone(desk.run(), "defect")


def test_a_step_that_never_waited_is_not_looked_at(desk: WaitingDesk) -> None:
    desk.order()
    desk.look()

    assert desk.store.load(ME).steps == {}


def test_a_long_step_that_asks_whether_to_stop_gives_signs_of_life() -> None:
    time, beats = [0.0], list[float]()
    stopped = with_heartbeat(lambda: False, lambda: beats.append(time[0]), clock=lambda: time[0])

    for time[0] in (0.0, 1.0, HEARTBEAT_EVERY_S, HEARTBEAT_EVERY_S + 1, 2 * HEARTBEAT_EVERY_S):
        assert not stopped()

    assert beats == [HEARTBEAT_EVERY_S, 2 * HEARTBEAT_EVERY_S]


def test_a_sign_of_life_that_is_not_heard_does_not_stop_the_step() -> None:
    def unheard() -> None:
        raise Unavailable("aws_busy", "planted by a test")

    time = [0.0]
    stopped = with_heartbeat(lambda: True, unheard, clock=lambda: time[0])
    time[0] = HEARTBEAT_EVERY_S

    assert stopped()
