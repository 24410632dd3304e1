"""Kettles are repaired at one bench: who comes while it is taken waits, in order."""

from tests.unit.slipway.saga.orders import NOW, OrderDesk, Shop

from slipway.saga import Status, transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel, WorkflowRecord
from slipway.saga.target_admission import admit_next
from slipway.saga.update import update

BENCH = "bench"


def order(store: MemoryStore, name: str, behind: str | None = None) -> None:
    record = WorkflowRecord(
        workflow_id=name,
        definition="order",
        definition_version="1",
        request={"product": "kettle", "amount_cents": 4900},
        owner="anna",
        lock=BENCH,
        waits_for=behind,
        created_at=NOW,
        updated_at=NOW,
    )
    store.commit(transitions.requested(record, None))


def a_queue() -> MemoryStore:
    """Anna's kettle is done; Boris and Clara wait."""
    store = MemoryStore()
    order(store, "anna")
    order(store, "boris", behind="anna")
    order(store, "clara", behind="anna")
    update(store, "anna", lambda saga: transitions.completed(saga, NOW))
    return store


def told(store: MemoryStore, name: str) -> list[str]:
    return [event.type.removeprefix("slipway.workflow.") for event in store.events(name)]


def test_the_first_who_waits_is_let_in_and_told_once_however_often_it_is_tried() -> None:
    store = a_queue()

    admit_next(store, BENCH)
    admit_next(store, BENCH)

    lock = store.target(BENCH)
    assert (lock.holder, lock.waiting) == ("boris", ("clara",))
    assert told(store, "boris") == ["requested", "admitted"]
    assert told(store, "clara") == ["requested"]


def test_while_somebody_is_at_work_nobody_is_let_in() -> None:
    store = MemoryStore()
    order(store, "anna")
    order(store, "boris", behind="anna")

    admit_next(store, BENCH)

    assert told(store, "boris") == ["requested"]


def test_where_nobody_waits_nothing_happens() -> None:
    store = MemoryStore()

    admit_next(store, BENCH)

    assert store.target(BENCH).version == 0


def test_who_has_cancelled_is_not_let_in_and_lets_the_next_one_pass_at_its_end() -> None:
    store, shop = a_queue(), Shop()
    said = Cancel(reason="bought a new one", requested_at=NOW, requested_by="boris")
    update(store, "boris", lambda saga: transitions.cancel_requested(saga, said, None))
    admit_next(store, BENCH)
    assert store.target(BENCH).holder is None

    OrderDesk(shop, store).driver.run("boris")
    admit_next(store, BENCH)

    assert store.load("boris").workflow.status is Status.COMPENSATED
    assert shop.calls == []
    assert store.target(BENCH).holder == "clara"
