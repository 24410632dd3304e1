"""What Anna reads of her workflows, and what Boris does not."""

from collections.abc import Iterator
from datetime import timedelta
from typing import get_args

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP, ask, requested, run

from queries.get_artifact import handler as get_artifact
from queries.get_receipt import handler as get_receipt
from queries.get_timeline import handler as get_timeline
from queries.get_workflow import handler as get_workflow
from queries.health import handler as health
from queries.list_workflows import handler as list_workflows
from slipway import wiring
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.projection import bring_up_to_date
from slipway.messages.queries import WorkflowStatus
from slipway.messages.views import Link
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Status
from slipway.settings import Settings

IDS = [f"wf_number{n:02d}" for n in range(5)]


class Links:
    def to_put(self, key: str, size_bytes: int | None) -> Link:
        return Link(url=f"https://s3.example/{key}?{size_bytes}", method="PUT", expires_at=NOON)

    def to_get(self, key: str) -> Link:
        return Link(url=f"https://s3.example/{key}", expires_at=NOON)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def views() -> MemoryViews:
    return MemoryViews()


@pytest.fixture
def workspace() -> MemoryWorkspace:
    return MemoryWorkspace()


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture(autouse=True)
def system(
    store: MemoryStore, views: MemoryViews, workspace: MemoryWorkspace, waited: list[float]
) -> Iterator[None]:
    requested(store)
    bring_up_to_date(SHOP, store.events(SHOP), store, views)
    with wiring.use(
        views=views,
        workspace=workspace,
        uploads=Links(),
        pause=waited.append,
        settings=Settings(rehearsal=True),
    ):
        yield


def ended(store: MemoryStore, views: MemoryViews, failing: str | None = None) -> None:
    run(store, failing=failing)
    bring_up_to_date(SHOP, store.events(SHOP), store, views)


def test_a_view_carries_an_etag_and_is_not_sent_twice() -> None:
    first = ask(get_workflow, path={"id": SHOP})
    second = ask(get_workflow, path={"id": SHOP}, headers={"If-None-Match": first.headers["etag"]})

    assert (first.status, first.json["status"]) == (200, "REQUESTED")
    assert (second.status, second.text) == (304, "")


def test_min_version_waits_until_the_version_can_be_seen(
    store: MemoryStore, views: MemoryViews
) -> None:
    waits: list[float] = []

    def meanwhile(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            ended(store, views)

    with wiring.use(pause=meanwhile):
        reply = ask(get_workflow, path={"id": SHOP}, query={"min_version": "20"})

    assert (reply.status, reply.json["status"], len(waits)) == (200, "COMPLETED", 3)


def test_min_version_gives_up_after_two_seconds_and_says_when_to_ask_again(
    waited: list[float],
) -> None:
    reply = ask(get_workflow, path={"id": SHOP}, query={"min_version": "9"})

    assert (reply.status, reply.json["code"]) == (409, "not_yet_visible")
    assert reply.headers["retry-after"] == "1"
    assert sum(waited) <= 2


def test_whoever_allows_it_is_shown_what_there_is_and_told_that_it_is_stale(
    waited: list[float],
) -> None:
    query = {"min_version": "9", "allow_stale": "true"}

    reply = ask(get_workflow, path={"id": SHOP}, query=query)
    fresh = ask(get_workflow, path={"id": SHOP}, query={**query, "min_version": "1"})

    assert (reply.status, reply.json["stale"], sum(waited) <= 2) == (200, True, True)
    assert {**fresh.json, "stale": True} == reply.json
    assert "stale" not in fresh.json


@pytest.mark.usefixtures("waited")
def test_where_nothing_can_be_seen_yet_staleness_is_no_help() -> None:
    query = {"min_version": "1", "allow_stale": "true"}

    assert ask(get_workflow, path={"id": "wf_notprojected"}, query=query).status == 409


@pytest.mark.parametrize("query", [None, {"min_version": "1"}])
def test_what_is_somebody_elses_looks_like_what_is_not_there(query: dict[str, str] | None) -> None:
    theirs = ask(get_workflow, path={"id": SHOP}, query=query, owner="boris")
    nothing = ask(get_workflow, path={"id": "wf_nothinghere"}, query=query, owner="boris")

    assert theirs == nothing
    assert theirs.status in {404, 409}


@pytest.mark.parametrize("handler", [get_workflow, get_timeline, get_receipt])
def test_every_query_hides_what_is_somebody_elses(handler: object) -> None:
    assert ask(handler, path={"id": SHOP}, owner="boris").status == 404


@pytest.mark.parametrize(
    ("field", "time"),
    [("since", "0001-01-01T00:00:00+23:59"), ("until", "9999-12-31T23:59:59-23:59")],
)
def test_a_time_that_utc_does_not_have_is_refused_with_its_name(field: str, time: str) -> None:
    reply = ask(list_workflows, query={field: time})

    assert (reply.status, reply.json["code"]) == (400, "invalid_request")
    assert reply.json["field"] == field


def test_the_pages_of_a_list_have_everything_once_newest_first(
    store: MemoryStore, views: MemoryViews
) -> None:
    for number, workflow_id in enumerate(IDS, start=1):
        requested(store, workflow_id, at=NOON + timedelta(hours=number))
        bring_up_to_date(workflow_id, store.events(workflow_id), store, views)
    requested(store, "wf_ofborisboris", owner="boris")
    bring_up_to_date("wf_ofborisboris", store.events("wf_ofborisboris"), store, views)

    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = ask(list_workflows, query=query).json
        seen += [item["workflow_id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [*reversed(IDS), SHOP]
    assert cursor is None


def test_a_page_of_large_workflows_ends_before_a_function_could_not_return_it(
    views: MemoryViews,
) -> None:
    shop = views.get(SHOP)
    assert shop
    app = {"app": {"name": "shop", "env": {f"E{n}": "x" * 4000 for n in range(50)}}}
    names = [f"wf_large{number:08d}" for number in range(40)]
    for name in names:
        large = shop.model_copy(update={"workflow_id": name, "request": app})
        views.replace(large, [])

    pages = [ask(list_workflows, query={"limit": "100"})]
    while cursor := pages[-1].json["next_cursor"]:
        pages.append(ask(list_workflows, query={"limit": "100", "cursor": cursor}))

    assert all(len(page.text) < 6_000_000 for page in pages)
    seen = [item["workflow_id"] for page in pages for item in page.json["items"]]
    assert sorted(seen) == sorted([*names, SHOP])


def test_a_list_is_narrowed_by_status_and_time(store: MemoryStore, views: MemoryViews) -> None:
    ended(store, views)
    requested(store, IDS[0], at=NOON + timedelta(hours=1))
    bring_up_to_date(IDS[0], store.events(IDS[0]), store, views)

    def found(**query: str) -> list[str]:
        return [i["workflow_id"] for i in ask(list_workflows, query=query).json["items"]]

    assert found(status="COMPLETED") == [SHOP]
    assert found(since="2030-03-01T12:30:00Z") == [IDS[0]]
    assert found(since="2030-03-01T12:00:00Z", until="2030-03-01T13:00:00Z") == [SHOP]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "DONE"}, "status"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2030-03-01T12:00:00Z", "until": "2030-03-01T12:00:00Z"}, "until"),
        ({"since": "2030-01-01T00:00:00"}, "since"),
        ({"cursor": "made-up"}, "cursor"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_filter_is_named(query: dict[str, str], field: str) -> None:
    reply = ask(list_workflows, query=query)

    assert (reply.status, reply.json["field"]) == (400, field)


def test_every_status_can_be_asked_for() -> None:
    assert set(get_args(WorkflowStatus)) == {status.value for status in Status}


def test_the_timeline_comes_as_json_and_as_a_chart(store: MemoryStore, views: MemoryViews) -> None:
    ended(store, views, failing="push_image")

    items = ask(get_timeline, path={"id": SHOP}).json["items"]
    chart = ask(get_timeline, path={"id": SHOP}, query={"format": "mermaid"})

    assert [i["sequence"] for i in items] == list(range(1, len(items) + 1))
    assert set(items[0]) == {
        "sequence",
        "type",
        "time",
        "step",
        "status",
        "duration_ms",
        "message",
    }
    assert chart.headers["content-type"] == "text/plain; charset=utf-8"
    assert chart.text.startswith("gantt\n")


def test_there_is_a_receipt_after_a_rollback_and_not_before(
    store: MemoryStore, views: MemoryViews
) -> None:
    before = ask(get_receipt, path={"id": SHOP})
    ended(store, views, failing="push_image")
    after = ask(get_receipt, path={"id": SHOP})

    assert (before.status, before.json["code"]) == (404, "no_receipt")
    assert (after.status, after.json["clean"], after.json["items"]) == (200, True, [])


def test_an_artifact_is_found_by_its_name_or_its_step_and_name(workspace: MemoryWorkspace) -> None:
    workspace.put(f"workflows/{SHOP}/build_image/build.log", "Schritt 1: ä\n".encode())
    workspace.put(f"workflows/{SHOP}/scan_image/raw", b"\xff\x00")

    by_name = ask(get_artifact, path={"id": SHOP, "name": "build.log"})
    by_step = ask(get_artifact, path={"id": SHOP, "name": "build_image/build.log"})
    binary = ask(get_artifact, path={"id": SHOP, "name": "raw"})

    assert by_name.text == by_step.text == "Schritt 1: ä\n"
    assert by_name.headers["x-content-type-options"] == "nosniff"
    assert (binary.text, binary.headers["content-type"]) == ("/wA=", "application/octet-stream")


def test_what_is_private_is_no_artifact_and_is_not_even_named(workspace: MemoryWorkspace) -> None:
    workspace.put(f"workflows/{SHOP}/private/1.json", b"hunter2")

    for name in ("1.json", "private/1.json"):
        for query in ({}, {"format": "url"}):
            reply = ask(get_artifact, path={"id": SHOP, "name": name}, query=query)
            assert (reply.status, reply.json["code"]) == (404, "no_such_artifact")
            assert reply.json["fix"] == "available: none yet"


def test_an_artifact_can_be_had_by_a_url_that_expires(workspace: MemoryWorkspace) -> None:
    workspace.put(f"workflows/{SHOP}/build_image/build.log", b"log")

    link = ask(get_artifact, path={"id": SHOP, "name": "build.log"}, query={"format": "url"}).json

    assert link == {
        "url": f"https://s3.example/workflows/{SHOP}/build_image/build.log",
        "expires_at": "2030-03-01T12:00:00Z",
    }


def test_an_artifact_that_is_missing_ambiguous_or_too_large_says_what_to_do(
    workspace: MemoryWorkspace,
) -> None:
    workspace.put(f"workflows/{SHOP}/deploy_application/pods.log", b"1")
    workspace.put(f"workflows/{SHOP}/verify_deployment/pods.log", b"2")
    workspace.put(f"workflows/{SHOP}/build_image/big.tar", b"x" * 4_000_001)

    def told(name: str) -> tuple[int, str, str]:
        reply = ask(get_artifact, path={"id": SHOP, "name": name})
        return reply.status, reply.json["code"], reply.json["fix"]

    assert told("build.log")[:2] == (404, "no_such_artifact")
    assert told("pods.log") == (400, "ambiguous_name", "name the step as well: <step>/<name>")
    assert told("big.tar")[:2] == (413, "artifact_too_large")
    assert "format=url" in told("big.tar")[2]
    assert told("../../other")[:2] == (400, "invalid_request")


def test_health_needs_no_identity_and_says_when_it_is_a_rehearsal() -> None:
    reply = ask(health, owner=None)

    assert reply.json == {"status": "ok", "stage": "local", "rehearsal": True}
