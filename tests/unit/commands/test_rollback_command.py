"""Anna takes back what she deployed; when that is not hers, or not the newest, she is told so."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP, Reply, ask, requested, run

from commands.rollback import handler
from slipway import wiring
from slipway.saga import Status
from slipway.saga.environment import Environment
from slipway.saga.memory import MemoryStore
from slipway.saga.recording import change
from slipway.saga.update import update

NEWER = "wf_newernewernewer"
BLUE = {"engine": "unix:///docker.sock", "cluster": "https://blue.example:6443"}
GREEN = {**BLUE, "cluster": "https://green.example:6443"}


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    requested(store)
    with wiring.use(store=store):
        yield store


def roll_back(key: str | None = None, reason: str = "no good", **more: Any) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    return ask(handler, "POST", path={"id": SHOP}, body={"reason": reason}, headers=headers, **more)


def test_a_rollback_is_recorded_and_an_execution_that_undoes_is_asked_for(
    store: MemoryStore,
) -> None:
    run(store)
    before = store.load(SHOP).workflow

    reply = roll_back()

    assert (reply.status, reply.json["version"]) == (202, before.version + 2)
    after = store.load(SHOP).workflow
    assert after.status is Status.COMPENSATING
    assert after.rollback is not None
    assert (after.rollback.reason, after.rollback.requested_by) == ("no good", "anna")
    asked, begun = store.events(SHOP)[-2:]
    assert asked.type == "slipway.workflow.undo_requested"
    assert asked.data["undo"]["execution"] == after.execution
    assert begun.type == "slipway.workflow.compensating"
    assert store.target(f"default/{SHOP}").holder == SHOP


def test_a_condition_that_nobody_would_look_at_is_refused(store: MemoryStore) -> None:
    run(store)
    before = store.load(SHOP)

    reply = ask(handler, "POST", path={"id": SHOP}, body={}, headers={"If-Match": '"1"'})

    assert (reply.status, reply.json["code"]) == (400, "invalid_request")
    assert reply.json["field"] == "If-Match"
    assert "leave If-Match out" in reply.json["fix"]
    assert store.load(SHOP) == before
    assert roll_back().status == 202


def test_asking_again_changes_nothing(store: MemoryStore) -> None:
    run(store)
    first = roll_back(key="k")

    assert roll_back().json == first.json
    assert roll_back(key="k").json == first.json
    assert roll_back(key="k", reason="another").json["code"] == "idempotency_conflict"


def test_a_key_under_which_nothing_was_left_to_do_keeps_its_answer_too(store: MemoryStore) -> None:
    run(store)
    first = roll_back()
    nothing = roll_back(key="k")
    update(store, SHOP, lambda saga: change(saga, NOON, ["step.kept"]))

    assert nothing.json == first.json
    assert roll_back().json != first.json
    assert roll_back(key="k").json == first.json
    assert roll_back(key="k", reason="another").json["code"] == "idempotency_conflict"


def test_only_what_completed_can_be_rolled_back(store: MemoryStore) -> None:
    running = roll_back()
    run(store, failing="build_image")
    undone = roll_back()

    codes = {(reply.status, reply.json["code"]) for reply in (running, undone)}
    assert codes == {(409, "not_completed")}


def test_while_another_works_on_the_target_it_is_named(store: MemoryStore) -> None:
    run(store)
    requested(store, NEWER, target=f"default/{SHOP}")

    reply = roll_back()

    assert (reply.status, reply.json["code"]) == (409, "target_locked")
    assert reply.json["holder"] == NEWER
    assert store.load(SHOP).workflow.status is Status.COMPLETED


def test_under_a_newer_deployment_it_is_refused_and_that_one_is_named(store: MemoryStore) -> None:
    run(store)
    requested(store, NEWER, target=f"default/{SHOP}")
    run(store, NEWER)

    reply = roll_back()

    assert (reply.status, reply.json["code"], reply.json["newer"]) == (409, "superseded", NEWER)


def test_to_others_it_is_not_there(store: MemoryStore) -> None:
    run(store)

    assert roll_back(owner="boris").status == 404


def test_in_another_world_it_is_refused_and_both_worlds_are_named(store: MemoryStore) -> None:
    requested(store, NEWER, world=BLUE)
    run(store, NEWER)

    with wiring.use(store=store, here=Environment(GREEN)):
        reply = ask(handler, "POST", path={"id": NEWER}, body={})

    assert (reply.status, reply.json["code"]) == (409, "other_world")
    assert reply.json["detail"] == (
        "it acts on cluster https://blue.example:6443,"
        " but this system acts on cluster https://green.example:6443"
    )
    assert "KUBECONFIG" in reply.json["fix"]
    assert store.load(NEWER).workflow.status is Status.COMPLETED


@pytest.mark.parametrize(
    "here", [Environment(BLUE), Environment()], ids=["the same", "nobody said which"]
)
def test_in_its_own_world_it_is_accepted(store: MemoryStore, here: Environment) -> None:
    requested(store, NEWER, world=BLUE)
    run(store, NEWER)

    with wiring.use(store=store, here=here):
        assert ask(handler, "POST", path={"id": NEWER}, body={}).status == 202


@pytest.mark.parametrize(("rehearsal", "status"), [(False, 202), (True, 409)])
def test_of_one_recorded_without_its_world_only_a_rehearsal_is_told_from_what_is_real(
    store: MemoryStore, rehearsal: bool, status: int
) -> None:
    run(store)

    with wiring.use(store=store, here=Environment(GREEN, rehearsal=rehearsal)):
        assert roll_back().status == status
