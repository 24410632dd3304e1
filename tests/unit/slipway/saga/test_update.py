"""Many change one workflow at once: each decides anew, and gives up only after a while."""

from dataclasses import dataclass, field

import pytest
from tests.unit.slipway.saga.orders import NOW, OrderDesk, Shop

from slipway.cqrs.problem import problem_of, retry_after_s
from slipway.saga import Change, Saga, Unavailable, transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel
from slipway.saga.store import Conflict
from slipway.saga.update import TRIES, update

CANCEL = Cancel(reason="changed my mind", requested_at=NOW, requested_by="anna")


@dataclass
class Contended(MemoryStore):
    """Somebody else was faster, so many times."""

    inside: MemoryStore
    faster: int
    pauses: list[float] = field(default_factory=list)

    def load(self, workflow_id: str) -> Saga:
        return self.inside.load(workflow_id)

    def commit(self, change: Change) -> None:
        if self.faster:
            self.faster -= 1
            raise Conflict(change.workflow.workflow_id)
        self.inside.commit(change)


def cancel(store: Contended, workflow_id: str) -> Saga:
    return update(
        store,
        workflow_id,
        lambda saga: transitions.cancel_requested(saga, CANCEL, None),
        pause=store.pauses.append,
    )


def test_the_last_try_still_counts_and_the_pauses_stay_within_five_seconds() -> None:
    desk = OrderDesk(Shop())
    store = Contended(desk.store, faster=TRIES - 1)

    cancel(store, workflow_id := desk.order())

    assert desk.store.load(workflow_id).workflow.cancel == CANCEL
    assert len(store.pauses) == TRIES - 2
    assert 0 < sum(store.pauses) < 5.2


def test_one_other_is_not_worth_a_pause() -> None:
    desk = OrderDesk(Shop())
    store = Contended(desk.store, faster=1)

    cancel(store, desk.order())

    assert store.pauses == []


def test_who_is_overtaken_every_time_is_asked_to_come_back_and_not_to_change_the_request() -> None:
    desk = OrderDesk(Shop())
    store = Contended(desk.store, faster=TRIES)

    with pytest.raises(Unavailable) as given_up:
        cancel(store, desk.order())

    problem = problem_of(given_up.value)
    assert (problem["status"], problem["code"]) == (503, "overtaken")
    assert retry_after_s(given_up.value)
