"""Anna's request has secrets among its settings: no table has them, a private object has."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import REQUEST, Reply, ask, run
from tests.unit.steps.vault import Recalling

from commands.containerize import handler
from slipway import wiring
from slipway.accounts.memory import MemoryAccounts
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.containerize.target import Target
from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.store import Change, Conflict, Inbox, TargetFree
from slipway.settings import Settings

PASSWORD = "hunter2"
ENV = {"DB_PASSWORD": PASSWORD, "DB_URL": "postgres://anna:assam@db/shop", "LOG": "info"}
HIDDEN = {"DB_PASSWORD": "***", "DB_URL": "***", "LOG": "info"}


class Forgetful(Recalling):
    """Its inbox is empty again, as after a day."""

    def remembered(self, key: str) -> Inbox | None:  # noqa: ARG002  (it forgot)
        return None


@pytest.fixture
def store() -> Recalling:
    return Recalling()


@pytest.fixture
def workspace() -> MemoryWorkspace:
    return MemoryWorkspace()


@pytest.fixture(autouse=True)
def system(store: Recalling, workspace: MemoryWorkspace) -> Iterator[None]:
    target = Target("registry.example/apps")
    with wiring.use(
        store=store,
        accounts=MemoryAccounts(),
        workspace=workspace,
        target=target,
        settings=Settings(),
    ):
        yield


def post(key: str | None = None, name: str = "shop", **env: str) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    body = {**REQUEST, "app": {"name": name, "env": env}}
    return ask(handler, "POST", body=body, headers=headers)


def kept(workspace: MemoryWorkspace) -> dict[str, Any]:
    return {key: json.loads(workspace.get(key)) for key in workspace.keys("workflows/")}


def test_the_secrets_are_in_one_private_object_and_nowhere_in_the_table(
    store: Recalling, workspace: MemoryWorkspace
) -> None:
    workflow_id = post("k1", **ENV).json["workflow_id"]

    ((key, secrets),) = kept(workspace).items()
    assert key.startswith(f"workflows/{workflow_id}/private/settings/")
    assert secrets == {"DB_PASSWORD": PASSWORD, "DB_URL": ENV["DB_URL"]}
    assert store.load(workflow_id).workflow.request["app"]["env"] == HIDDEN
    (event,) = store.events(workflow_id)
    assert event.data["workflow"]["request"]["app"]["env"] == HIDDEN
    assert PASSWORD not in repr(store.written)
    assert "assam" not in repr(store.written)


def test_a_request_without_secrets_leaves_no_object(workspace: MemoryWorkspace) -> None:
    assert post(LOG="info").status == 202
    assert kept(workspace) == {}


def test_three_stars_that_were_meant_are_not_lost(workspace: MemoryWorkspace) -> None:
    post(RATING="***")

    assert list(kept(workspace).values()) == [{"RATING": "***"}]


@pytest.mark.parametrize("store", [Recalling(), Forgetful()])
def test_the_same_again_is_the_same_and_another_secret_is_a_conflict(
    store: Recalling, workspace: MemoryWorkspace
) -> None:
    first = post("k1", **ENV)
    before = kept(workspace)

    again, other = post("k1", **ENV), post("k1", **{**ENV, "DB_PASSWORD": "hunter3"})
    without = post("k1", LOG="info")

    assert (again.status, again.json) == (202, first.json)
    assert (other.status, other.json["code"]) == (409, "idempotency_conflict")
    assert (without.status, without.json["code"]) == (409, "idempotency_conflict")
    assert kept(workspace) == before
    assert len(store.written) == 1


def test_a_short_password_cannot_be_read_from_the_fingerprints(store: Recalling) -> None:
    """Two workflows with one password have nothing in common that would show it."""
    first = post("k1", "shop", PIN_SECRET="7").json["workflow_id"]
    other = post("k2", "cafe", PIN_SECRET="7").json["workflow_id"]

    marks = [store.load(each).workflow.sealed or "" for each in (first, other)]
    inboxes = [change.inbox.fingerprint for change in store.written if change.inbox]
    assert len({mark.partition("-")[2] for mark in marks}) == 2
    assert len(set(inboxes)) == 2


def test_a_refused_request_leaves_no_secret(store: Recalling, workspace: MemoryWorkspace) -> None:
    holder = post(**ENV).json["workflow_id"]
    before = kept(workspace)

    assert post(DB_PASSWORD="hunter3").json["code"] == "target_locked"
    assert kept(workspace) == before
    run(store, holder)


@pytest.mark.parametrize(
    "reason",
    [
        Rejected("record_too_large", "one change exceeds the size limit of the write table"),
        TargetFree(),
    ],
)
def test_what_could_not_be_written_leaves_no_secret(
    workspace: MemoryWorkspace, reason: Exception
) -> None:
    """Too large; or between two looks, the target was free and then taken again, every time."""

    class Refusing(Recalling):
        def commit(self, change: Change) -> None:  # noqa: ARG002  (it takes none)
            raise reason

    with wiring.use(store=Refusing(), pause=lambda _seconds: None):
        refused = post("k", **ENV)

    assert refused.status in {413, 503}
    assert kept(workspace) == {}


def test_of_two_requests_at_once_the_loser_takes_nothing_from_the_winner(
    workspace: MemoryWorkspace,
) -> None:
    class Raced(Recalling):
        """Boris, with Anna's key and another password, is accepted just before her."""

        raced = False

        def commit(self, change: Change) -> None:
            if not self.raced:
                self.raced = True
                assert post("k", DB_PASSWORD="hunter3").status == 202
            super().commit(change)

    store = Raced()
    with wiring.use(store=store):
        reply = post("k", DB_PASSWORD=PASSWORD)

    assert reply.json["code"] == "idempotency_conflict"
    assert list(kept(workspace).values()) == [{"DB_PASSWORD": "hunter3"}]


def test_a_lost_word_of_acceptance_loses_no_secret(workspace: MemoryWorkspace) -> None:
    class Mumbling(Recalling):
        """Writes, and then says that it could not: its own first try was in the way."""

        def commit(self, change: Change) -> None:
            super().commit(change)
            raise Conflict(change.workflow.workflow_id)

    with wiring.use(store=Mumbling()):
        reply = post("k", DB_PASSWORD=PASSWORD)

    assert reply.status == 202
    assert list(kept(workspace).values()) == [{"DB_PASSWORD": PASSWORD}]


@pytest.mark.parametrize(("key", "status"), [(None, 503), ("k", 202)])
def test_of_a_table_that_may_have_written_only_a_key_can_learn_whether_it_did(
    workspace: MemoryWorkspace, key: str | None, status: int
) -> None:
    class Silent(Recalling):
        """Nobody knows whether it wrote."""

        def commit(self, change: Change) -> None:
            super().commit(change)
            raise Unavailable("table_unreachable", "no answer")

    with wiring.use(store=Silent()):
        reply = post(key, DB_PASSWORD=PASSWORD)

    assert reply.status == status
    assert list(kept(workspace).values()) == [{"DB_PASSWORD": PASSWORD}]
