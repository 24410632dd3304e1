"""Commands that remember no answer: with one key they act again, and are no other command's."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.integration.slipway.cqrs.aws import client
from tests.integration.slipway.cqrs.wired import post, wired
from tests.unit.slipway.cqrs.stories import Reply, ask, operator

from commands.upload import handler as upload
from recovery.rebuild import handler as rebuild
from recovery.replay import on_request as replay
from recovery.sweep import on_request as sweep
from slipway import wiring
from slipway.messages.events import Event
from slipway_local.glue.dynamodb_lock import dynamodb_lock

CALLERS = 20
BY_OLGA = operator("olga")
Send = Callable[[str], Reply]


class Deaf:
    """A bus behind which nobody listens."""

    def publish(self, _events: list[Event]) -> list[Event]:
        return []


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with wired(monkeypatch), wiring.use(bus=Deaf(), managed_parts={}):
        yield


def keyed(handler: Any, key: str, body: Any, **more: Any) -> Reply:
    return ask(handler, "POST", body=body, headers={"Idempotency-Key": key}, **more)


def offered(key: str, size_bytes: int | None = None) -> Reply:
    body = {} if size_bytes is None else {"size_bytes": size_bytes}
    return keyed(upload, key, body)


def swept(key: str, *, dry_run: bool = False) -> Reply:
    return keyed(sweep, key, {"dry_run": dry_run}, **BY_OLGA)


def replayed(key: str, workflow_id: str) -> Reply:
    return keyed(replay, key, None, path={"id": workflow_id}, **BY_OLGA)


def rebuilt(key: str) -> Reply:
    return keyed(rebuild, key, None, **BY_OLGA)


def code(reply: Reply) -> str:
    return str(reply.json["code"])


def test_an_upload_is_the_same_one_again_and_no_other_one() -> None:
    first, again, other = offered("k", 7), offered("k", 7), offered("k", 8)

    assert (first.status, again.status, other.status) == (201, 201, 409)
    assert again.json["upload_id"] == first.json["upload_id"]
    assert (code(other), other.json["field"]) == ("idempotency_conflict", "Idempotency-Key")
    assert offered("another key", 8).status == 201


def test_no_signed_url_is_kept_anywhere() -> None:
    offer = offered("k", 7).json

    (item,) = client("dynamodb").scan(TableName="write")["Items"]
    assert item.keys() == {"pk", "sk", "key", "fingerprint", "ttl"}
    assert offer["url"] not in f"{item}"
    assert offer["upload_id"] not in f"{item}"


def test_a_sweep_is_done_again_and_a_dry_run_is_another_command() -> None:
    assert [swept("k").status, swept("k").status] == [200, 200]
    assert code(swept("k", dry_run=True)) == "idempotency_conflict"


def test_a_replay_tells_again_and_of_another_workflow_with_another_key_only() -> None:
    ids = [post(f"request {name}", app={"name": name}).json["workflow_id"] for name in ("a", "b")]

    assert [replayed("k", ids[0]).json["events"] for _ in range(2)] == [1, 1]
    assert code(replayed("k", ids[1])) == "idempotency_conflict"


def test_a_rebuild_goes_on_with_the_key_that_it_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recovery.rebuild._WORKS_FOR_S", 0)
    begun = rebuilt("k").json
    answers = [begun]
    while not answers[-1]["done"]:
        answers.append(rebuilt("k").json)

    assert (begun["phase"], begun["done"]) == ("filling", False)
    assert answers[-1]["active"] == "green"
    assert code(swept("k")) == "idempotency_conflict"


@pytest.mark.parametrize(
    ("first", "second"), [(offered, post), (post, offered)], ids=["upload", "request"]
)
def test_a_key_is_not_for_two_kinds_of_commands(first: Send, second: Send) -> None:
    assert first("k").status < 300
    assert code(second("k")) == "idempotency_conflict"


def test_keys_of_different_callers_never_meet() -> None:
    key = {"Idempotency-Key": "k"}

    replies = [ask(upload, "POST", body={"size_bytes": 7}, headers=key, owner=o) for o in "ab"]

    assert [reply.status for reply in replies] == [201, 201]


def test_of_different_uploads_with_one_key_at_once_one_is_offered() -> None:
    with dynamodb_lock(), ThreadPoolExecutor(CALLERS) as pool:
        replies = list(pool.map(lambda size: offered("k", size), range(1, CALLERS + 1)))

    assert sorted(reply.status for reply in replies) == [201, *[409] * (CALLERS - 1)]


def test_what_is_refused_before_it_is_a_command_claims_no_key() -> None:
    refused = keyed(upload, "k", {"size_bytes": 0})

    assert (refused.status, code(refused)) == (400, "invalid_request")
    assert offered("k", 7).status == 201
