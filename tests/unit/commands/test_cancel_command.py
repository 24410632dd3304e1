"""Anna changes her mind: early, twice, too late; Boris may not change it for her."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import SHOP, Reply, ask, requested, run

from commands.cancel import handler
from slipway import wiring
from slipway.saga.memory import MemoryStore


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    requested(store)
    with wiring.use(store=store):
        yield store


def cancel(reason: str | None = "wrong branch", key: str | None = None, **more: Any) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"reason": reason} if reason else {}
    return ask(handler, "POST", path={"id": SHOP}, body=body, headers=headers, **more)


def test_a_cancel_is_recorded_with_its_reason_its_time_and_its_caller(store: MemoryStore) -> None:
    reply = cancel()

    assert (reply.status, reply.json) == (202, {"workflow_id": SHOP, "version": 2})
    noted = store.load(SHOP).workflow.cancel
    assert noted is not None
    assert (noted.reason, noted.requested_by) == ("wrong branch", "anna")


def test_cancelling_again_changes_nothing(store: MemoryStore) -> None:
    cancel()

    reply = cancel("really")

    assert (reply.status, reply.json["version"]) == (202, 2)
    assert len(store.events(SHOP)) == 2


def test_the_same_key_gets_the_same_answer_even_after_the_end(store: MemoryStore) -> None:
    first = cancel(key="k")
    run(store)

    assert cancel(key="k").json == first.json
    assert cancel("another reason", key="k").json["code"] == "idempotency_conflict"


def test_a_key_under_which_nothing_was_left_to_do_keeps_its_answer_too(store: MemoryStore) -> None:
    cancel(key="first")
    nothing = cancel("really", key="k")
    run(store)

    assert (nothing.status, nothing.json["version"]) == (202, 2)
    assert cancel("really", key="k").json == nothing.json
    assert cancel("never mind", key="k").json["code"] == "idempotency_conflict"


@pytest.mark.parametrize("failing", [None, "build_image"])
def test_what_has_ended_cannot_be_cancelled(store: MemoryStore, failing: str | None) -> None:
    run(store, failing=failing)

    reply = cancel()

    assert (reply.status, reply.json["code"]) == (409, "already_finished")


def test_a_workflow_of_somebody_else_is_not_there(store: MemoryStore) -> None:
    reply = cancel(owner="boris")

    assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert store.load(SHOP).workflow.cancel is None


def test_an_id_that_is_none_is_a_bad_request() -> None:
    reply = ask(handler, "POST", path={"id": "../wf"}, body={})

    assert (reply.status, reply.json["field"]) == (400, "workflow_id")


def test_a_workflow_cancelled_before_it_began_is_undone_and_says_so(store: MemoryStore) -> None:
    cancel(None)
    run(store)

    after = store.load(SHOP).workflow
    assert after.status == "COMPENSATED"
    assert after.error is not None
    assert (after.error.code, after.error.message) == ("cancelled", "cancelled by request")
