"""A refund that the bank refuses: the desk is asked, and the receipt says what became of it."""

from datetime import timedelta

from tests.unit.slipway.saga.orders import NOW, ORDERS, OrderDesk, Shop

from slipway.saga import Rejected, Saga, Status, StepStatus, Unavailable, operations
from slipway.saga.driver import InProcessDriver
from slipway.saga.endings import Endings
from slipway.saga.finish import Inspector
from slipway.saga.state import Decision, ReceiptItem, Resolution, Rollback
from slipway.saga.update import update

BANK_AWAY = Unavailable("bank_away", "no answer")


class AskingDesk(OrderDesk):
    """Every parked refund is decided on at once, in the order of `decisions`."""

    def __init__(self, *decisions: Decision, refunds_fail: int, vans: int = 0) -> None:
        no_van: list[Exception] = [] if vans else [Rejected("no_van", "no van today")]
        super().__init__(Shop(troubles={"-ship": no_van, "-refund": [BANK_AWAY] * refunds_fail}))
        self._decisions = list(decisions)
        self.driver = self._driver([self.inspect_shop])

    def blind(self) -> None:
        """Nobody looks at the shop at the end."""
        self.driver = self._driver([])

    def _driver(self, looks: list[Inspector]) -> InProcessDriver:
        ends = self.endings(looks)
        asking = Endings(ends.complete, ends.settle, ends.settle_unverified, self._ask)
        return InProcessDriver(ORDERS, self.runner, self.behaviours, asking)

    def _ask(self, step: str, workflow_id: str, execution: str) -> str | None:
        self._park(step, workflow_id, execution)
        if not self._decisions:
            return None
        said = Resolution(
            decision=self._decisions.pop(0), reason="bank", decided_at=NOW, decided_by="otto"
        )
        update(
            self.store,
            workflow_id,
            lambda saga: operations.resolved(saga, saga.steps[step], said, None),
        )
        return said.decision


def leftovers(saga: Saga) -> list[ReceiptItem]:
    assert saga.workflow.receipt is not None
    return [item for item in saga.workflow.receipt.items if item.state == "leftover"]


def test_a_refund_that_works_at_the_second_asking_leaves_nothing() -> None:
    desk = AskingDesk(Decision.RETRY, Decision.RETRY, refunds_fail=4)

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED
    assert desk.shop.world == (set(), set(), set())


def test_a_refund_that_is_skipped_is_named_and_the_reservation_is_undone_all_the_same() -> None:
    desk = AskingDesk(Decision.SKIP, refunds_fail=99)

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    (left,) = leftovers(saga)
    assert left.step == "charge"
    assert left.detail == "skip by otto: bank; undo failed: bank_away: no answer"
    assert saga.steps["reserve"].status is StepStatus.UNDONE


def test_what_was_skipped_and_nobody_looked_at_is_never_called_clean() -> None:
    desk = AskingDesk(Decision.SKIP, refunds_fail=99)
    desk.blind()

    saga = desk.run()

    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    (left,) = leftovers(saga)
    assert (left.kind, left.name, left.step) == ("charge", "wf_anna", "charge")


def test_a_later_pass_leaves_alone_what_was_skipped() -> None:
    desk = AskingDesk(Decision.SKIP, refunds_fail=2)
    saga = desk.run()
    desk.shop.calls.clear()
    desk.now += timedelta(hours=1)

    desk.driver.undo("wf_anna", "wf_anna-undo-1")

    assert desk.shop.calls == []
    assert desk.store.load("wf_anna") == saga


def test_a_refund_that_nobody_decided_on_says_so() -> None:
    saga = AskingDesk(refunds_fail=99).run()

    (left,) = leftovers(saga)
    assert left.step == "charge"
    assert left.detail == "no operator decision; undo failed: bank_away: no answer"


def taken_back(desk: OrderDesk) -> Saga:
    desk.run()
    asked = Rollback(reason="wrong colour", requested_at=NOW, requested_by="anna")
    begun = update(
        desk.store, "wf_anna", lambda saga: operations.rollback_requested(saga, asked, None)
    )
    desk.driver.undo("wf_anna", begun.workflow.in_charge)
    return desk.store.load("wf_anna")


def last_events(desk: OrderDesk, number: int) -> list[str]:
    events = desk.store.events("wf_anna")[-number:]
    return [event.type.removeprefix("slipway.") for event in events]


def test_an_order_that_went_through_is_taken_back_on_request() -> None:
    desk = OrderDesk(Shop())

    saga = taken_back(desk)

    assert saga.workflow.status is Status.COMPENSATED
    assert desk.shop.world == (set(), set(), set())
    assert desk.shop.calls[-3:] == ["recall", "refund", "unreserve"]
    assert last_events(desk, 2) == ["workflow.compensated", "workflow.rolled_back"]


def test_what_could_not_be_taken_back_whole_is_never_called_rolled_back() -> None:
    desk = AskingDesk(Decision.SKIP, refunds_fail=99, vans=1)

    saga = taken_back(desk)

    assert [item.step for item in leftovers(saga)] == ["charge"]
    assert last_events(desk, 2) == ["step.undone", "workflow.compensated_with_leftovers"]
    assert saga.workflow.error is not None
    assert saga.workflow.error.code == "rollback_requested"


def test_an_order_that_is_taken_back_is_not_carried_out_again() -> None:
    desk = OrderDesk(Shop())
    desk.run()
    asked = Rollback(reason="wrong colour", requested_at=NOW, requested_by="anna")
    update(desk.store, "wf_anna", lambda saga: operations.rollback_requested(saga, asked, None))
    desk.shop.calls.clear()

    desk.driver.run("wf_anna")

    assert not {"reserve", "charge", "ship"} & set(desk.shop.calls)
