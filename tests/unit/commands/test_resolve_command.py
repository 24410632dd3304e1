"""Olga, an operator, decides on an undo of Anna's that is parked; Anna herself may not."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP, Reply, ask, named, operator, requested

from commands.resolve import handler
from slipway import wiring
from slipway.saga import Change, Status, StepStatus, transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.recording import change
from slipway.saga.state import Receipt, Resolution
from slipway.saga.update import update
from steps import PLAN

AS_ANNA = {"http": {"method": "POST"}, "authorizer": {"lambda": named("anna")}}


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    requested(store)
    park(store)
    with wiring.use(store=store):
        yield store


def park(store: MemoryStore, step: str = "push_image", number: int = 1) -> None:
    saga = store.load(SHOP)
    record = saga.step(step, PLAN.number(step))
    store.commit(transitions.parked(saga, record, f"token-{number}", NOON))


def resolve(step: str = "push_image", key: str | None = None, **more: Any) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    body = more.pop("body", {"decision": "skip", "reason": "retired"})
    path = {"id": SHOP, "step": step}
    return ask(handler, "POST", path=path, body=body, headers=headers, **operator("olga") | more)


def resolution(store: MemoryStore) -> Resolution | None:
    undo = store.load(SHOP).steps["push_image"].undo
    return undo.resolution if undo else None


def test_a_decision_is_recorded_with_its_reason_its_time_and_who_made_it(
    store: MemoryStore,
) -> None:
    reply = resolve()

    assert (reply.status, reply.json) == (202, {"workflow_id": SHOP, "version": 3})
    said = resolution(store)
    assert said is not None
    assert (said.decision, said.reason, said.decided_by) == ("skip", "retired", "olga")
    assert store.load(SHOP).workflow.status is Status.COMPENSATING
    assert store.events(SHOP)[-1].type == "slipway.step.resolved"


def test_a_key_under_which_nothing_was_left_to_do_keeps_its_answer_too(store: MemoryStore) -> None:
    resolve()
    nothing = resolve(key="k")
    update(store, SHOP, lambda saga: change(saga, NOON, ["step.kept"]))

    assert resolve().json != nothing.json
    assert resolve(key="k").json == nothing.json
    other = resolve(key="k", body={"decision": "skip", "reason": "another"})
    assert other.json["code"] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        ("retry", StepStatus.UNDO_INTENT),
        ("skip", StepStatus.UNDO_SKIPPED),
        ("done", StepStatus.UNDONE),
    ],
)
def test_each_decision_has_its_status(
    store: MemoryStore, decision: str, status: StepStatus
) -> None:
    resolve(body={"decision": decision, "reason": "so"})

    assert store.load(SHOP).steps["push_image"].status is status


def test_the_same_decision_again_changes_nothing(store: MemoryStore) -> None:
    first = resolve()

    assert resolve().json == first.json
    assert len(store.events(SHOP)) == 3


def test_another_decision_comes_too_late(store: MemoryStore) -> None:
    resolve()

    reply = resolve(body={"decision": "retry"})

    assert (reply.status, reply.json["code"]) == (409, "already_resolved")
    assert len(store.events(SHOP)) == 3


def test_of_two_operators_at_the_same_moment_one_decides(store: MemoryStore) -> None:
    class Crowded(MemoryStore):
        """Otto is faster by the blink of an eye."""

        def __init__(self) -> None:
            self.__dict__ = store.__dict__
            self.otto: Reply | None = None

        def commit(self, change: Change) -> None:
            if self.otto is None:
                with wiring.use(store=store):
                    self.otto = resolve(body={"decision": "done"})
            super().commit(change)

    crowded = Crowded()
    with wiring.use(store=crowded):
        late = resolve()

    assert crowded.otto is not None
    assert crowded.otto.status == 202
    assert (late.status, late.json["code"]) == (409, "already_resolved")
    said = resolution(store)
    assert said is not None
    assert said.decision == "done"


def test_the_same_key_gets_the_same_answer_although_it_is_parked_anew(store: MemoryStore) -> None:
    first = resolve(key="k", body={"decision": "retry"})
    park(store, number=2)

    assert resolve(key="k", body={"decision": "retry"}).json == first.json
    assert resolution(store) is None
    assert resolve(key="k").json["code"] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("step", "status", "code"),
    [("build_image", 409, "not_parked"), ("paint_image", 404, "no_such_step")],
)
def test_a_step_that_waits_for_nobody_is_refused_with_a_fix(
    step: str, status: int, code: str
) -> None:
    reply = resolve(step)

    assert (reply.status, reply.json["code"], reply.json["field"]) == (status, code, "step")
    assert reply.json["fix"]


def test_a_decision_after_the_end_opens_nothing_again(store: MemoryStore) -> None:
    receipt = Receipt(clean=False, checked_at=NOON)
    store.commit(transitions.settled(store.load(SHOP), receipt, NOON))
    before = store.load(SHOP)

    reply = resolve()

    assert (reply.status, reply.json["code"]) == (409, "already_finished")
    assert store.load(SHOP) == before


def test_to_skip_one_has_to_say_why() -> None:
    reply = resolve(body={"decision": "skip"})

    assert (reply.status, reply.json["field"]) == (400, "reason")


def test_the_owner_is_told_which_scope_it_needs(store: MemoryStore) -> None:
    reply = resolve(requestContext=AS_ANNA)

    assert (reply.status, reply.json["scope"]) == (403, "workflows:operate")
    assert resolution(store) is None
