"""Undos that cannot succeed wait for a person; the last word of a saga is the truth."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recovery import park as parking
from recovery import settle
from slipway import wiring
from slipway.saga import (
    ReceiptItem,
    Rejected,
    Status,
    StepRecord,
    StepStatus,
    Unavailable,
    WorkflowRecord,
    transitions,
)
from slipway.saga.memory import MemoryStore
from slipway.saga.parking import park
from slipway.saga.state import Failure, Saga
from steps import PLAN

ME = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
NOW = datetime(2030, 3, 2, 12, tzinfo=UTC)
LEASE = (ME, timedelta(minutes=5))


def a_workflow() -> MemoryStore:
    store = MemoryStore()
    record = WorkflowRecord(
        workflow_id=ME,
        definition=PLAN.name,
        definition_version=PLAN.version,
        request={"source": {"upload_id": "up_aaaaaaaa"}, "app": {"name": "shop"}},
        owner="anna",
        created_at=NOW,
        updated_at=NOW,
    )
    store.commit(transitions.requested(record, None, [step.name for step in PLAN]))
    return store


def a_push_that_is_being_undone() -> MemoryStore:
    store = a_workflow()
    store.commit(transitions.intended(store.load(ME), push(store), {}, NOW))
    failure = Failure(code="registry_down", message="no answer")
    store.commit(transitions.failed(store.load(ME), push(store), failure, NOW))
    store.commit(transitions.undo_intended(store.load(ME), push(store), LEASE, NOW))
    return store


def push(store: MemoryStore) -> StepRecord:
    return store.load(ME).step("push_image", PLAN.number("push_image"))


def token_of(store: MemoryStore) -> str | None:
    undo = push(store).undo
    return undo.task_token if undo else None


def parked(store: MemoryStore, token: str) -> bool:
    return park(PLAN, store, ME, "push_image", lambda: NOW, token)


def test_an_undo_that_cannot_succeed_waits_with_its_token_on_record() -> None:
    store = a_push_that_is_being_undone()

    assert parked(store, "first")

    assert store.load(ME).workflow.status is Status.PARKED
    assert push(store).status is StepStatus.UNDO_PARKED
    assert token_of(store) == "first"


def test_parking_twice_is_parking_once() -> None:
    store = a_push_that_is_being_undone()
    parked(store, "first")
    before = store.load(ME)

    assert parked(store, "first")

    assert store.load(ME) == before


def test_a_park_that_is_tried_again_is_answered_by_the_newer_token() -> None:
    store = a_push_that_is_being_undone()
    parked(store, "first")

    assert parked(store, "second")

    assert token_of(store) == "second"


def test_the_token_is_in_no_event_because_it_is_a_key() -> None:
    store = a_push_that_is_being_undone()
    parked(store, "s3cret-token")

    assert all("s3cret-token" not in event.model_dump_json() for event in store.events(ME))


def test_nobody_is_asked_about_an_undo_that_succeeded_and_could_not_say_so() -> None:
    store = a_push_that_is_being_undone()
    store.commit(transitions.undone(store.load(ME), push(store), NOW))
    before = store.load(ME)
    event = {"workflow_id": ME, "execution": ME, "step": "push_image", "task_token": "first"}

    with wiring.use(store=store), pytest.raises(Rejected) as told:
        parking.handler(event)

    assert told.value.code == "nothing_to_park"
    assert store.load(ME) == before


def test_what_waits_is_logged_in_the_word_that_the_alarm_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alarms = (Path(__file__).parents[3] / "infra" / "alarms.yaml").read_text()
    store = a_push_that_is_being_undone()
    event = {"workflow_id": ME, "execution": ME, "step": "push_image", "task_token": "first"}

    with wiring.use(store=store), caplog.at_level("WARNING"):
        parking.handler(event)
        store.commit(transitions.undone(store.load(ME), push(store), NOW))
        with pytest.raises(Rejected):
            parking.handler(event)

    assert [record.message for record in caplog.records] == [parking.PARKED]
    assert f'$.message = "{parking.PARKED}"' in alarms


def settled(store: MemoryStore, ending: str, *items: ReceiptItem) -> Saga:
    def inspect(_saga: Saga) -> tuple[ReceiptItem, ...]:
        return items

    with wiring.use(store=store, inspectors=(inspect,)):
        settle.handler({"workflow_id": ME, "execution": ME, "ending": ending})
    return store.load(ME)


def test_a_world_without_a_trace_is_compensated() -> None:
    saga = settled(a_push_that_is_being_undone(), "settle")

    assert saga.workflow.status is Status.COMPENSATED


def test_a_manifest_that_is_still_there_is_named_as_left_over() -> None:
    manifest = ReceiptItem(kind="manifest", name="shop@1", step="push_image", state="leftover")

    saga = settled(a_push_that_is_being_undone(), "settle", manifest)

    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    assert saga.workflow.receipt
    assert saga.workflow.receipt.items == (manifest,)


def test_settling_twice_is_settling_once() -> None:
    store = a_push_that_is_being_undone()
    first = settled(store, "settle")

    assert settled(store, "settle") == first


def test_what_could_not_be_asked_is_never_called_clean() -> None:
    store = a_push_that_is_being_undone()

    def unreachable(_saga: Saga) -> tuple[ReceiptItem, ...]:
        raise Unavailable("registry_down", "no answer")

    with wiring.use(store=store, inspectors=(unreachable,)):
        settle.handler({"workflow_id": ME, "execution": ME, "ending": "settle_unverified"})

    assert store.load(ME).workflow.status is Status.COMPENSATED_WITH_LEFTOVERS


class Mute(Exception):  # noqa: N818  (it says nothing)
    def __str__(self) -> str:
        raise RuntimeError


def test_an_inspector_with_a_defect_is_on_the_receipt_and_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = a_push_that_is_being_undone()

    def broken(_saga: Saga) -> tuple[ReceiptItem, ...]:
        raise Mute

    with wiring.use(store=store, inspectors=(broken,)):
        settle.handler({"workflow_id": ME, "execution": ME, "ending": "settle_unverified"})

    receipt = store.load(ME).workflow.receipt
    assert receipt
    (item,) = receipt.items
    assert (item.kind, item.name, item.state) == ("unchecked", "broken", "leftover")
    assert item.detail
    assert item.detail.startswith(f"defect: Mute in {__name__}, line ")
    (logged,) = [record for record in caplog.records if record.message == "not_inspected"]
    assert logged.exc_info


def test_a_saga_with_open_steps_does_not_complete() -> None:
    with pytest.raises(Rejected) as told:
        settled(a_workflow(), "complete")

    assert told.value.code == "incomplete"
