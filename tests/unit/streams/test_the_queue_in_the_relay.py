"""Who waits for a target is started when its turn has come, or to be ended; never twice."""

from tests.unit.slipway.cqrs.stories import NOON, SHOP, batch, requested, run
from tests.unit.streams.test_project_and_relay import CAFE, Bus, Machine

from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel
from streams.relay import relay


def queued(store: MemoryStore) -> None:
    """The café waits for the shop's target."""
    requested(store)
    shop = store.load(SHOP).workflow
    cafe = {"workflow_id": CAFE, "version": 0, "waits_for": SHOP}
    store.commit(transitions.requested(shop.model_copy(update=cafe), None))


def test_one_that_waits_for_its_target_is_not_started() -> None:
    store, machine = MemoryStore(), Machine()
    queued(store)

    relay(batch(store.events(CAFE)), Bus(), machine, store)

    assert machine.started == []


def test_the_end_of_one_lets_the_next_one_in_and_its_admission_starts_it_once_or_twice() -> None:
    store, machine = MemoryStore(), Machine()
    queued(store)
    run(store)

    for _ in range(2):  # a function that dies is called again with the same events
        relay(batch(store.events(SHOP)[-1:]), Bus(), machine, store)
    assert [event.type for event in store.events(CAFE)][1:] == ["slipway.workflow.admitted"]
    relay(batch(store.events(CAFE)), Bus(), machine, store)

    assert machine.started == [CAFE]


def test_a_cancel_of_one_that_waits_starts_what_will_end_it() -> None:
    store, machine = MemoryStore(), Machine()
    queued(store)
    said = Cancel(reason="no", requested_at=NOON, requested_by="anna")
    store.commit(transitions.cancel_requested(store.load(CAFE), said, None))
    store.commit(transitions.cancel_requested(store.load(SHOP), said, None))

    relay(batch([store.events(CAFE)[-1], store.events(SHOP)[-1]]), Bus(), machine, store)

    assert machine.started == [CAFE]
