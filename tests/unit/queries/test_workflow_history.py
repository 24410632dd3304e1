"""Anna looks at what happened to her shop between two moments."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import NOON, SHOP, Reply, ask, operator, requested, run

from queries.workflow_history import handler
from slipway import wiring
from slipway.cqrs.effect import caused_by
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.projection import bring_up_to_date
from slipway.cqrs.request import Call
from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel, Failure, StepRecord
from slipway.settings import Settings


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryStore]:
    store, views = MemoryStore(), MemoryViews()
    requested(store)
    with wiring.use(settings=Settings(), views=views, store=store):
        yield store


def history(**query: str) -> Any:
    shown()
    return ask(handler, path={"id": SHOP}, query=query)


def shown() -> None:
    store = wiring.store()
    bring_up_to_date(SHOP, store.events(SHOP), store, wiring.views())


def numbers(reply: Reply) -> list[int]:
    return [item["sequence"] for item in reply.json["items"]]


def test_it_tells_all_that_happened_in_order_and_what_each_event_changed(
    store: MemoryStore,
) -> None:
    run(store, failing="push_image")

    items = history(limit="100").json["items"]

    events = store.events(SHOP)
    assert [item["sequence"] for item in items] == [event.sequence for event in events]
    assert items[0]["data"]["workflow"]["request"]["app"] == {"name": "shop"}
    failed = next(item for item in items if item["type"] == "slipway.step.failed")
    assert failed["data"]["step"]["error"]["message"] == "push_image is broken"
    assert failed["message"] == "push_image is broken"
    assert items[-1]["data"]["workflow"]["receipt"]["clean"]
    assert {item["correlation_id"] for item in items} == {SHOP}


def test_since_is_inclusive_and_until_is_not(store: MemoryStore) -> None:
    run(store)
    events = store.events(SHOP)
    since, until = events[4].time, events[9].time
    within = [event.sequence for event in events if since <= event.time < until]

    told = history(since=since.isoformat(), until=until.isoformat())

    assert numbers(told) == within
    assert numbers(history(since=(events[-1].time + timedelta(days=1)).isoformat())) == []


def test_pages_lead_through_all_of_it_once(store: MemoryStore) -> None:
    run(store)
    seen: list[int] = []
    page = history(limit="7")
    while True:
        seen += numbers(page)
        if page.json["next_cursor"] is None:
            break
        page = history(limit="7", cursor=page.json["next_cursor"])

    assert seen == [event.sequence for event in store.events(SHOP)]


def test_a_cursor_is_good_for_nothing_else(store: MemoryStore) -> None:
    run(store)
    cursor = history(limit="2").json["next_cursor"]

    refused = history(cursor=cursor, since=NOON.isoformat())

    assert (refused.status, refused.json["field"]) == (400, "cursor")


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    refused = history(since="2030-03-02T00:00:00Z", until="2030-03-01T00:00:00Z")

    assert (refused.status, refused.json["code"]) == (400, "invalid_request")


def test_who_sent_the_command_and_which_it_was_is_told(store: MemoryStore) -> None:
    asked = Cancel(reason="wrong branch", requested_at=NOON, requested_by="olga")
    call = Call(owner="olga", id="cmd_one")
    store.commit(caused_by(call, transitions.cancel_requested(store.load(SHOP), asked, None)))

    first, cancelled = history().json["items"]

    assert (first["actor"], first["causation_id"]) == (None, None)
    assert (cancelled["actor"], cancelled["causation_id"]) == ("olga", "cmd_one")
    assert cancelled["data"]["workflow"]["cancel"]["reason"] == "wrong branch"


def step(store: MemoryStore, change: Any, *given: Any) -> None:
    saga = store.load(SHOP)
    record = saga.steps.get("push_image") or StepRecord(name="push_image", number=6)
    store.commit(change(saga, record, *given))


def test_tokens_intents_and_what_steps_hand_on_are_not_told(store: MemoryStore) -> None:
    now = NOON + timedelta(seconds=1)
    step(store, transitions.intended, {"login": "an intent"}, now, "a step's token")
    step(store, transitions.failed, Failure(code="broken", message="broken"), now)
    step(store, transitions.parked, "an undo's token", now)

    text = json.dumps(history().json)

    for kept in ("intent", "token", "outputs"):
        assert kept not in text
    assert "slipway.workflow.parked" in text


def test_why_a_workflow_is_undone_and_what_a_sweep_removed_are_told(store: MemoryStore) -> None:
    store.commit(transitions.undo_requested(store.load(SHOP), "its execution died", NOON))
    resource = {"kind": "image", "name": "shop:1", "id": "sha256:abc"}
    store.commit(transitions.swept(store.load(SHOP), [resource], NOON))

    undo, swept = history().json["items"][1:]

    assert undo["data"] == {"undo": {"reason": "its execution died"}}
    assert swept["data"] == {"resource": {"kind": "image", "name": "shop:1"}}


def test_events_of_one_moment_stand_in_their_order(store: MemoryStore) -> None:
    for number in range(12):
        asked = Cancel(reason=str(number), requested_at=NOON, requested_by="anna")
        store.commit(transitions.cancel_requested(store.load(SHOP), asked, None))

    assert numbers(history()) == list(range(1, 14))
    assert times(history().json["items"]) == [NOON] * 13


def times(items: Sequence[Any]) -> list[datetime]:
    return [datetime.fromisoformat(item["time"]) for item in items]


def test_a_workflow_of_somebody_else_is_not_there_but_for_an_operator() -> None:
    shown()

    assert ask(handler, path={"id": SHOP}, owner="boris").status == 404
    assert ask(handler, path={"id": SHOP}, **operator("olga")).status == 200
    assert ask(handler, path={"id": "wf_nosuchworkflow"}).status == 404
