"""Anna's client sends one command twenty times at once, with one key: it hears one answer."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.contract.stores import NOON, SHOP, request, store
from tests.unit.slipway.cqrs.stories import Reply, ask

import commands.cancel
import commands.rollback
from slipway import wiring
from slipway.saga.memory import MemoryStore
from slipway.saga.recording import change
from slipway.saga.state import Saga, Status
from slipway.saga.store import Change, Inbox, Store
from slipway.saga.update import update
from slipway_local.glue.dynamodb_lock import dynamodb_lock

__all__ = ["store"]
CALLERS = 20
ID = "wf_shopshop"


class AtOnce:
    """Nobody writes before everybody has looked for an answer; then the workflow moves on."""

    def __init__(self, store: Store, moves_on: Callable[[Saga], Change]) -> None:
        self._store, self._moves_on = store, moves_on
        self._all_have_looked = threading.Barrier(CALLERS, timeout=60)
        self._looked = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def remembered(self, key: str) -> Inbox | None:
        found = self._store.remembered(key)
        if not hasattr(self._looked, "once"):
            self._looked.once = True
            self._all_have_looked.wait()
        return found

    def commit(self, change: Change) -> None:
        self._store.commit(change)
        update(self._store, ID, self._moves_on)


@pytest.fixture(autouse=True)
def one_call_at_a_time() -> Iterator[None]:
    """Of moto, whose tables know nothing of threads."""
    with dynamodb_lock():
        yield


def goes_on(saga: Saga) -> Change:
    return change(saga, NOON, ["step.kept"])


def ends(saga: Saga) -> Change:
    return change(saga, NOON, ["workflow.compensated"], status=Status.COMPENSATED)


def completes(saga: Saga) -> Change:
    return change(saga, NOON, ["workflow.completed"], release=True, status=Status.COMPLETED)


def send(handler: Any, store: AtOnce, reasons: Sequence[str]) -> list[Reply]:
    def one(reason: str) -> Reply:
        headers = {"Idempotency-Key": "k"}
        return ask(handler, "POST", path={"id": ID}, body={"reason": reason}, headers=headers)

    with wiring.use(store=store), ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(one, reasons))


@pytest.mark.parametrize("then", [goes_on, ends])
@pytest.mark.parametrize("name", ["cancel", "rollback"])
def test_twenty_equal_commands_have_one_effect_and_hear_one_answer(
    store: Store, name: str, then: Callable[[Saga], Change]
) -> None:
    version = request(store, "shopshop", SHOP).workflow.version
    if name == "rollback":
        version = update(store, ID, completes).workflow.version
    handler = {"cancel": commands.cancel, "rollback": commands.rollback}[name].handler

    replies = send(handler, AtOnce(store, then), ["no good"] * CALLERS)

    answered = version + {"cancel": 1, "rollback": 2}[name]
    heard = {(reply.status, reply.json.get("version")) for reply in replies}
    assert heard == {(202, answered)}
    assert store.load(ID).workflow.version == answered + 1


def test_of_different_commands_with_one_key_one_is_accepted(store: Store) -> None:
    request(store, "shopshop")

    replies = send(commands.cancel.handler, AtOnce(store, goes_on), [f"{n}" for n in range(20)])

    told = sorted(reply.json.get("code", "accepted") for reply in replies)
    assert told == ["accepted", *["idempotency_conflict"] * (CALLERS - 1)]


def test_without_a_key_everybody_hears_how_it_stands() -> None:
    store = MemoryStore()
    request(store, "shopshop")
    with wiring.use(store=store), ThreadPoolExecutor(CALLERS) as pool:
        replies = list(
            pool.map(
                lambda _: ask(commands.cancel.handler, "POST", path={"id": ID}, body={}),
                range(CALLERS),
            )
        )

    assert {(reply.status, reply.json["version"]) for reply in replies} == {(202, 2)}
    assert len(store.events(ID)) == 2
