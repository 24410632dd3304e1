"""Both stores keep the same promises: the one in memory, and the real one on moto's DynamoDB."""

from datetime import timedelta

import pytest
from tests.contract.stores import NOON, SHOP, request, settle, store, workflow

from slipway.messages.events import Event
from slipway.saga import transitions
from slipway.saga.outcome import Outcome
from slipway.saga.state import Cancel, Receipt, StepRecord
from slipway.saga.store import (
    Change,
    Conflict,
    Inbox,
    NotFound,
    Store,
    TargetLocked,
)
from slipway.saga.update import update

__all__ = ["store"]


def test_what_anna_requested_is_read_back_as_she_said_it(store: Store) -> None:
    saga = request(store, "shop", lock=SHOP)

    assert saga.workflow == workflow("shop", SHOP).model_copy(update={"version": 1})
    assert saga.steps == {}


def test_a_workflow_that_nobody_requested_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.load("wf_ghost")


def test_a_step_is_read_back_with_all_that_its_undo_needs(store: Store) -> None:
    request(store, "shop")
    step = StepRecord(name="build_image", number=3)
    intent = {"tag": "shop:1", "layers": [1, 2.5, None, {"deep": True}], "none": None, "empty": ""}
    update(store, "wf_shop", lambda s: transitions.intended(s, step, intent, NOON))
    outcome = Outcome.of(created=("image:sha256:1",), digest="sha256:1", bytes=12)
    written = update(
        store,
        "wf_shop",
        lambda s: transitions.done(s, s.steps["build_image"], outcome, NOON),
    )

    assert store.load("wf_shop") == written
    assert store.load("wf_shop").steps["build_image"].intent == intent


def test_the_second_of_two_writers_at_one_version_conflicts_and_changes_nothing(
    store: Store,
) -> None:
    loaded = request(store, "shop")
    first = transitions.cancel_requested(loaded, cancel("first"), None)
    second = transitions.cancel_requested(loaded, cancel("second"), Inbox("key", "f", {}))
    store.commit(first)

    with pytest.raises(Conflict):
        store.commit(second)

    found = store.load("wf_shop").workflow
    assert found.cancel is not None
    assert found.cancel.reason == "first"
    assert [e.sequence for e in store.events("wf_shop")] == [1, 2]
    assert store.remembered("key") is None


def cancel(reason: str) -> Cancel:
    return Cancel(reason=reason, requested_at=NOON, requested_by="anna")


def test_the_same_workflow_cannot_be_requested_twice(store: Store) -> None:
    request(store, "shop")

    with pytest.raises(Conflict):
        request(store, "shop")


def test_events_are_told_in_order_from_any_point_on(store: Store) -> None:
    request(store, "shop")
    for number in range(11):
        saga = store.load("wf_shop")
        store.commit(transitions.cancel_requested(saga, cancel(f"reason {number}"), None))

    assert [e.sequence for e in store.events("wf_shop")] == list(range(1, 13))
    assert [e.sequence for e in store.events("wf_shop", after=9)] == [10, 11, 12]
    assert store.events("wf_shop")[0].data["workflow"]["request"]["app"]["weight"] == 0.25
    assert list(store.events("wf_ghost")) == []


def test_a_command_is_remembered_with_its_answer(store: Store) -> None:
    inbox = Inbox("key-1", "fingerprint", {"workflow_id": "wf_shop", "version": 1})
    request(store, "shop", inbox=inbox)

    assert store.remembered("key-1") == inbox
    assert store.remembered("key-2") is None


def test_an_answer_is_remembered_alone_once_and_never_over_another_one(store: Store) -> None:
    first = Inbox("key", "fingerprint", {"workflow_id": "wf_shop", "version": 7})
    store.remember(first)

    with pytest.raises(Conflict):
        store.remember(Inbox("key", "another", {"workflow_id": "wf_shop", "version": 8}))
    with pytest.raises(Conflict):
        request(store, "shop", inbox=Inbox("key", "fingerprint", {}))

    assert store.remembered("key") == first


def test_a_command_that_is_remembered_has_no_second_effect(store: Store) -> None:
    request(store, "shop", inbox=Inbox("key-1", "fingerprint", {}))

    with pytest.raises(Conflict):
        request(store, "twin", inbox=Inbox("key-1", "fingerprint", {}))
    with pytest.raises(NotFound):
        store.load("wf_twin")


def test_a_target_belongs_to_one_workflow_at_a_time(store: Store) -> None:
    request(store, "first", lock=SHOP)

    with pytest.raises(TargetLocked) as refusal:
        request(store, "second", lock=SHOP)

    assert refusal.value.holder == "wf_first"
    with pytest.raises(NotFound):
        store.load("wf_second")


def test_the_end_of_a_workflow_frees_its_target(store: Store) -> None:
    request(store, "first", lock=SHOP)
    settle(store, "wf_first")

    assert request(store, "second", lock=SHOP).workflow.version == 1


def test_a_workflow_whose_lock_was_taken_over_ends_all_the_same_and_leaves_it_alone(
    store: Store,
) -> None:
    request(store, "first", lock=SHOP)
    settle(store, "wf_first")
    request(store, "second", lock=SHOP)
    receipt = Receipt(clean=True, checked_at=NOON + timedelta(hours=1))

    update(store, "wf_first", lambda saga: transitions.settled(saga, receipt, NOON))

    assert store.load("wf_first").workflow.receipt == receipt
    with pytest.raises(TargetLocked) as refusal:
        request(store, "third", lock=SHOP)
    assert refusal.value.holder == "wf_second"


def test_a_workflow_without_a_lock_may_release_one_that_is_not_there(store: Store) -> None:
    request(store, "shop")
    saga = store.load("wf_shop")
    ended = transitions.settled(saga, Receipt(clean=True, checked_at=NOON), NOON)
    store.commit(Change(1, ended.workflow, (), ended.events, release_lock="lock#nowhere"))

    assert store.load("wf_shop").workflow.status.is_terminal


def test_open_workflows_are_found_by_how_long_nothing_happened(store: Store) -> None:
    for number in range(12):  # in several shards of the index
        request(store, f"shop{number}")
    request(store, "done")
    settle(store, "wf_done")
    late = cancel("now")
    late = late.model_copy(update={"requested_at": NOON + timedelta(minutes=10)})
    update(store, "wf_shop3", lambda saga: transitions.cancel_requested(saga, late, None))

    idle = sorted(store.idle(NOON + timedelta(minutes=5)))

    assert idle == sorted(f"wf_shop{number}" for number in range(12) if number != 3)
    assert list(store.idle(NOON)) == []


def test_an_event_says_who_caused_it(store: Store) -> None:
    saga = request(store, "shop")
    event = Event(
        subject="wf_shop",
        sequence=2,
        type="slipway.resource.swept",
        time=NOON,
        owner="anna",
        correlation_id="wf_shop",
        causation_id="cmd-7",
        data={"step": {"outputs": {"ratio": 1e-9, "count": 10**20}}},
    )
    store.commit(Change(1, saga.workflow.model_copy(update={"version": 2}), (), (event,)))

    assert store.events("wf_shop", after=1) == [event]
