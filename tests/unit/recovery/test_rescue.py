"""A dead execution is replaced by one that undoes, once, and only if it was the one in charge."""

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP, requested, run

from recovery.rescue import handler, rescue
from slipway import wiring
from slipway.saga import transitions
from slipway.saga.environment import Environment
from slipway.saga.memory import MemoryStore


def asked(store: MemoryStore) -> list[str]:
    events = store.events(SHOP)
    return [e.data["undo"]["execution"] for e in events if e.type.endswith("undo_requested")]


def died(execution: str, status: str) -> dict[str, Any]:
    detail = {"name": execution, "status": status, "executionArn": "arn:of-it", "cause": None}
    return {"detail-type": "Step Functions Execution Status Change", "detail": detail}


@pytest.mark.parametrize(
    ("status", "why"),
    [("FAILED", "failed"), ("TIMED_OUT", "ran out of time"), ("ABORTED", "was stopped")],
)
def test_a_dead_execution_is_replaced_and_the_reason_is_told(status: str, why: str) -> None:
    store = MemoryStore()
    requested(store)

    with wiring.use(store=store):
        assert handler(died(SHOP, status)) == {"rescued": True}

    assert asked(store) == [f"{SHOP}-undo-2"]
    assert why in store.events(SHOP)[-1].data["undo"]["reason"]


def test_a_death_that_is_told_twice_is_one_rescue() -> None:
    store = MemoryStore()
    requested(store)

    told = [rescue(SHOP, "it failed", store) for _ in range(3)]

    assert told == [True, False, False]
    assert asked(store) == [f"{SHOP}-undo-2"]


def test_an_undo_only_execution_that_dies_is_rescued_as_well() -> None:
    store = MemoryStore()
    requested(store)
    rescue(SHOP, "it failed", store)

    assert rescue(f"{SHOP}-undo-2", "that one too", store)
    assert not rescue(SHOP, "told late", store)
    assert asked(store) == [f"{SHOP}-undo-2", f"{SHOP}-undo-3"]


@pytest.mark.parametrize("failing", [None, "push_image"], ids=["completed", "undone"])
def test_the_death_of_an_execution_whose_workflow_is_over_means_nothing(
    failing: str | None,
) -> None:
    store = MemoryStore()
    requested(store)
    run(store, failing=failing)

    assert not rescue(SHOP, "it failed", store)
    assert asked(store) == []


def test_a_completed_workflow_whose_rollback_died_before_it_began_is_rescued() -> None:
    store = MemoryStore()
    requested(store)
    run(store)
    store.commit(transitions.undo_requested(store.load(SHOP), "roll it back", NOON))
    in_charge = store.load(SHOP).workflow.in_charge

    assert rescue(in_charge, "it failed", store)


def test_an_execution_of_no_workflow_is_left_alone() -> None:
    assert not rescue("started-by-hand", "it failed", MemoryStore())


def test_a_machine_that_never_begins_is_not_started_for_ever() -> None:
    store = MemoryStore()
    requested(store)

    told = [rescue(store.load(SHOP).workflow.in_charge, "it failed", store) for _ in range(9)]

    assert told == [True] * 3 + [False] * 6


def test_one_that_wrote_something_before_it_died_counts_as_progress() -> None:
    store = MemoryStore()
    requested(store)
    for _ in range(5):
        saga = store.load(SHOP)
        step = saga.step("analyze_repository", 1)
        lease = (saga.workflow.in_charge, timedelta(minutes=3))
        store.commit(transitions.undo_intended(saga, step, lease, NOON))

        assert rescue(saga.workflow.in_charge, "it failed", store)


def test_where_it_never_acted_nobody_undoes_it() -> None:
    store = MemoryStore()
    requested(store, world={"cluster": "https://blue.example"})

    assert not rescue(
        SHOP, "it failed", store, here=Environment({"cluster": "https://green.example"})
    )
    assert rescue(SHOP, "it failed", store, here=Environment({"cluster": "https://blue.example"}))
