"""A step that asks all the time sees a cancel soon, and costs two reads a second at most."""

from dataclasses import dataclass, field

from tests.unit.slipway.saga.orders import NOW, OrderDesk, Shop

from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel, Saga
from slipway.saga.stopping import stop_signal


@dataclass
class CountedReads(MemoryStore):
    inside: MemoryStore
    reads: list[str] = field(default_factory=list)

    def load(self, workflow_id: str) -> Saga:
        self.reads.append(workflow_id)
        return self.inside.load(workflow_id)


def test_a_step_that_is_quick_reads_nothing_however_often_it_asks() -> None:
    desk = OrderDesk(Shop())
    store = CountedReads(desk.store)
    stopped = stop_signal(store, desk.store.load(desk.order()), clock=lambda: 0.0)

    assert not any(stopped() for _ in range(100))
    assert store.reads == []


def test_a_cancel_is_seen_half_a_second_later_and_never_forgotten() -> None:
    desk, time = OrderDesk(Shop()), [0.0]
    store, workflow_id = CountedReads(desk.store), desk.order()
    stopped = stop_signal(store, desk.store.load(workflow_id), clock=lambda: time[0])
    cancel = Cancel(reason="changed my mind", requested_at=NOW, requested_by="anna")
    desk.store.commit(transitions.cancel_requested(desk.store.load(workflow_id), cancel, None))

    answers = []
    for time[0] in (0.4, 0.5, 0.6, 2.0):
        answers.append(stopped())

    assert answers == [False, True, True, True]
    assert store.reads == [workflow_id]
