"""A second request for a target that somebody works on, where waiting is allowed."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import REQUEST, Reply, ask, run

from commands.containerize import handler
from slipway import wiring
from slipway.accounts.memory import MemoryAccounts
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.containerize.target import Target
from slipway.saga import Change
from slipway.saga.memory import MemoryStore
from slipway.settings import Settings


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    with wiring.use(
        store=store,
        accounts=MemoryAccounts(),
        workspace=MemoryWorkspace(),
        target=Target("registry.example/apps"),
        settings=Settings(),
    ):
        yield store


def post(key: str | None = None, **more: Any) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    return ask(handler, "POST", body=REQUEST, headers=headers, **more)


def test_where_waiting_is_allowed_a_second_one_is_accepted_and_waits(store: MemoryStore) -> None:
    holder = post().json["workflow_id"]

    with wiring.use(settings=Settings(when_busy="wait")):
        reply = post(key="patient")
        again = post(key="patient")

    assert (reply.status, again.json) == (202, reply.json)
    waiting = store.load(reply.json["workflow_id"]).workflow
    assert waiting.waits_for == holder
    assert store.events(waiting.workflow_id)[0].data["workflow"]["waits_for"] == holder
    assert store.target("default/shop/shop").waiting == (waiting.workflow_id,)


def test_where_waiting_is_allowed_a_free_target_is_taken_at_once(store: MemoryStore) -> None:
    with wiring.use(settings=Settings(when_busy="wait")):
        workflow = post().json["workflow_id"]

    assert store.load(workflow).workflow.waits_for is None
    assert store.target("default/shop/shop").holder == workflow


def test_a_target_that_becomes_free_between_two_looks_is_taken(store: MemoryStore) -> None:
    holder = post().json["workflow_id"]

    class JustFreed(MemoryStore):
        """The holder ends after the newcomer found the target taken."""

        def __init__(self) -> None:
            self.__dict__ = store.__dict__

        def commit(self, change: Change) -> None:
            if change.join_queue and not store.load(holder).workflow.status.is_terminal:
                run(store, holder)
            super().commit(change)

    with wiring.use(store=JustFreed(), settings=Settings(when_busy="wait")):
        workflow = post().json["workflow_id"]

    assert store.load(workflow).workflow.waits_for is None
    assert store.target("default/shop/shop").holder == workflow
