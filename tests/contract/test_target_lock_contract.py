"""A target has one owner at a time, a queue, and a memory: in both stores."""

import pytest
from tests.contract.stores import NOON, SHOP, request, settle, store, workflow

from slipway.saga import operations, transitions
from slipway.saga.state import Rollback, Saga, StepRecord
from slipway.saga.store import (
    NotFound,
    Store,
    Superseded,
    TargetFree,
    TargetLock,
    TargetLocked,
)
from slipway.saga.update import update

__all__ = ["store"]


def complete(store: Store, workflow_id: str) -> None:
    update(store, workflow_id, lambda saga: transitions.completed(saga, NOON))


def roll_back(store: Store, workflow_id: str) -> None:
    asked = Rollback(reason="no good", requested_at=NOON, requested_by="anna")
    update(store, workflow_id, lambda saga: operations.rollback_requested(saga, asked, None))


def wait(store: Store, name: str, behind: str) -> Saga:
    waiting = workflow(name, SHOP).model_copy(update={"waits_for": f"wf_{behind}"})
    store.commit(transitions.requested(waiting, None))
    return store.load(f"wf_{name}")


def admit(store: Store, name: str) -> Saga:
    return update(store, f"wf_{name}", lambda saga: operations.admitted(saga, NOON))


def test_a_target_that_nobody_ever_used_is_free(store: Store) -> None:
    assert store.target(SHOP) == TargetLock(target=SHOP)


def test_a_target_remembers_whose_deployments_stand_there(store: Store) -> None:
    for name in ("first", "second"):
        request(store, name, lock=SHOP)
        complete(store, f"wf_{name}")
    request(store, "failed", lock=SHOP)
    settle(store, "wf_failed")

    lock = store.target(SHOP)
    assert (lock.holder, lock.deployed) == (None, ("wf_first", "wf_second"))


def test_the_newest_deployment_is_taken_back_first_under_the_lock(store: Store) -> None:
    for name in ("first", "second"):
        request(store, name, lock=SHOP)
        complete(store, f"wf_{name}")

    with pytest.raises(Superseded) as refusal:
        roll_back(store, "wf_first")
    roll_back(store, "wf_second")
    with pytest.raises(TargetLocked):
        roll_back(store, "wf_first")

    assert refusal.value.newer == "wf_second"
    assert store.load("wf_first").workflow.version == 2
    settle(store, "wf_second")
    assert store.target(SHOP).deployed == ("wf_first",)
    roll_back(store, "wf_first")
    assert store.target(SHOP).holder == "wf_first"


def test_who_waits_is_let_in_in_order_and_nobody_passes(store: Store) -> None:
    request(store, "first", lock=SHOP)
    wait(store, "second", behind="first")
    wait(store, "third", behind="first")
    with pytest.raises(TargetLocked):
        admit(store, "second")
    complete(store, "wf_first")

    with pytest.raises(TargetLocked) as newcomer:
        request(store, "newcomer", lock=SHOP)
    with pytest.raises(TargetLocked):
        admit(store, "third")
    assert admit(store, "second").workflow.waits_for is None

    assert newcomer.value.holder == "wf_second"
    lock = store.target(SHOP)
    assert (lock.holder, lock.waiting) == ("wf_second", ("wf_third",))


def test_nobody_waits_for_a_target_that_is_free(store: Store) -> None:
    with pytest.raises(TargetFree):
        wait(store, "second", behind="first")

    with pytest.raises(NotFound):
        store.load("wf_second")


def test_the_end_of_one_that_waits_leaves_the_queue_and_the_holder_alone(store: Store) -> None:
    request(store, "first", lock=SHOP)
    wait(store, "second", behind="first")

    settle(store, "wf_second")

    lock = store.target(SHOP)
    assert (lock.holder, lock.waiting) == ("wf_first", ())


def test_who_has_lost_the_lock_neither_begins_a_step_nor_completes(store: Store) -> None:
    saga = request(store, "first", lock=SHOP)
    settle(store, "wf_first")
    request(store, "second", lock=SHOP)
    zombie = store.load("wf_first")
    step = StepRecord(name="build_image", number=3)

    with pytest.raises(TargetLocked) as begun:
        store.commit(transitions.intended(zombie, step, {}, NOON))
    with pytest.raises(TargetLocked) as completed:
        store.commit(transitions.completed(zombie, NOON))

    assert {begun.value.holder, completed.value.holder} == {"wf_second"}
    assert store.load("wf_first") == zombie != saga
