"""Anna opens sessions, requests workflows in them, closes them, and forgets some."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.unit.commands.account import Desk, at_the_desk

from slipway import wiring
from slipway.accounts.state import MOST_OPEN
from slipway.saga.store import NotFound


@pytest.fixture
def desk() -> Iterator[Desk]:
    with at_the_desk() as desk:
        yield desk


def ids(desk: Desk, **query: str) -> list[str]:
    return [each["session_id"] for each in desk.listed(**query).json["items"]]


def test_an_opened_session_is_listed_with_its_labels_and_told_to_the_world(desk: Desk) -> None:
    reply = desk.open(branch="main", run="7")

    session_id = reply.json["session_id"]
    assert (reply.status, reply.json) == (202, {"session_id": session_id, "version": 1})
    assert reply.headers["location"] == f"/sessions/{session_id}?min_version=1"
    (listed,) = desk.listed().json["items"]
    assert listed["expires_at"] == "2030-03-02T12:00:00Z"
    assert (listed["session_id"], listed["owner"]) == (session_id, "anna")
    assert listed["labels"] == {"branch": "main", "run": "7"}
    (event,) = desk.told
    told = event.to_cloudevent("dev")
    assert (told["type"], told["subject"]) == ("slipway.session.opened", session_id)
    assert (told["id"], told["actor"]) == (f"{session_id}-000001", "anna")


def test_a_session_is_its_owners_alone(desk: Desk) -> None:
    session_id = desk.open().json["session_id"]

    assert desk.listed(owner="boris").json["items"] == []
    refused = desk.close(session_id, owner="boris")
    assert (refused.status, refused.json["code"]) == (404, "no_such_session")
    assert ids(desk) == [session_id]


def test_a_session_is_read_by_its_owner_open_or_closed_until_it_expires(desk: Desk) -> None:
    session_id = desk.open(branch="main").json["session_id"]
    opened, theirs = desk.one(session_id), desk.one(session_id, owner="boris")
    desk.close(session_id)
    closed = desk.one(session_id, min_version="2")
    desk.wait(hours=24)
    expired = desk.one(session_id)

    assert (opened.json["labels"], opened.json["closed_at"]) == ({"branch": "main"}, None)
    assert (closed.json["version"], closed.json["closed_at"]) == (2, "2030-03-01T12:00:00Z")
    for gone in (theirs, expired):
        assert (gone.status, gone.json["code"]) == (404, "no_such_session")


def test_a_version_of_a_session_that_cannot_be_seen_yet_is_waited_for(desk: Desk) -> None:
    waits: list[float] = []
    session_id = desk.open().json["session_id"]

    def meanwhile(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            desk.close(session_id)

    with wiring.use(pause=meanwhile):
        seen = desk.one(session_id, min_version="2")
        never = desk.one(session_id, min_version="3")

    assert (seen.status, seen.json["version"]) == (200, 2)
    assert (never.status, never.json["code"]) == (409, "not_yet_visible")
    assert sum(waits[3:]) <= 2


def test_closing_twice_is_closing_once(desk: Desk) -> None:
    session_id = desk.open().json["session_id"]

    first, second = desk.close(session_id), desk.close(session_id)

    assert (first.status, second.status, second.json) == (202, 202, first.json)
    there = f"/sessions/{session_id}?min_version=2"
    assert first.headers["location"] == second.headers["location"] == there
    assert first.json["version"] == 2
    assert ids(desk) == []
    assert [event.type for event in desk.told] == [
        "slipway.session.opened",
        "slipway.session.closed",
    ]


def test_a_key_under_which_a_session_was_closed_already_is_for_no_other_one(desk: Desk) -> None:
    first, second = (desk.open().json["session_id"] for _ in range(2))
    desk.close(first)
    desk.wait(hours=23)
    nothing = desk.close(first, key="k")

    desk.wait(hours=2)

    assert (nothing.status, nothing.json["version"]) == (202, 2)
    assert desk.close(first).json["code"] == "no_such_session"
    assert desk.close(first, key="k").json == nothing.json
    assert desk.close(second, key="k").json["code"] == "idempotency_conflict"


def test_the_same_key_opens_one_session_and_closes_one(desk: Desk) -> None:
    first, second = desk.open(key="k"), desk.open(key="k")
    other = desk.open(key="k", branch="main")

    assert (second.status, second.json) == (202, first.json)
    assert other.json["code"] == "idempotency_conflict"
    closed = desk.close(first.json["session_id"], key="close")
    assert desk.close(first.json["session_id"], key="close").json == closed.json
    assert len(desk.told) == 2


@pytest.mark.parametrize(
    "labels",
    [
        {"": "x"},
        {"a b": "x"},
        {"-a": "x"},
        {"a": "x" * 257},
        {"a" * 64: "x"},
        {"a": 1},
        {"a": "x\0"},
        {"a": "first\nsecond"},
        {f"n{n}": "x" for n in range(21)},
    ],
)
def test_labels_have_limits(desk: Desk, labels: dict[str, str]) -> None:
    reply = desk.open(**labels)

    assert reply.status == 400
    assert reply.json["field"].startswith("labels")
    assert desk.told == []


def test_a_day_later_it_is_as_if_it_had_never_been(desk: Desk) -> None:
    session_id = desk.open().json["session_id"]
    desk.wait(hours=23, minutes=59)
    assert ids(desk) == [session_id]

    desk.wait(minutes=1)

    assert ids(desk) == []
    assert desk.close(session_id).json["code"] == "no_such_session"
    assert desk.request(session_id=session_id).json["field"] == "session_id"


def test_the_hundred_and_first_is_told_how_to_make_room(desk: Desk) -> None:
    opened = [desk.open().json["session_id"] for _ in range(MOST_OPEN)]

    refused = desk.open()

    assert (refused.status, refused.json["code"]) == (409, "too_many_sessions")
    assert "DELETE /sessions/{id}" in refused.json["fix"]
    assert "2030-03-02T12:00:00" in refused.json["fix"]
    assert desk.open(owner="boris").status == 202
    desk.close(opened[0])
    assert desk.open().status == 202
    assert desk.open().status == 409
    desk.wait(hours=24)
    assert desk.open().status == 202


def test_of_many_that_open_at_once_a_hundred_are_served(desk: Desk) -> None:
    """Whatever order the threads run in: nobody is overtaken for ever, and nobody slips in."""

    def insist(_number: int) -> int:
        while True:
            reply = desk.open()
            if reply.status == 202 or reply.json["code"] == "too_many_sessions":
                return reply.status

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(insist, range(MOST_OPEN + 20)))

    assert (answers.count(202), answers.count(409)) == (MOST_OPEN, 20)
    assert len(desk.roster("anna").sessions) == MOST_OPEN


def test_who_is_overtaken_decides_anew_and_the_last_place_is_given_once(desk: Desk) -> None:
    for _ in range(MOST_OPEN - 1):
        desk.open()

    desk.between = lambda: desk.open().status

    assert desk.open().json["code"] == "too_many_sessions"
    assert len(desk.roster("anna").sessions) == MOST_OPEN


def test_a_list_goes_on_where_its_page_ended(desk: Desk) -> None:
    opened = []
    for _ in range(5):
        desk.wait(minutes=1)
        opened.append(desk.open().json["session_id"])

    first = desk.listed(limit="2").json
    second = desk.listed(limit="2", cursor=first["next_cursor"]).json
    third = desk.listed(limit="2", cursor=second["next_cursor"]).json

    pages = [*first["items"], *second["items"], *third["items"]]
    assert [each["session_id"] for each in pages] == opened[::-1]
    assert third["next_cursor"] is None
    foreign = desk.listed(owner="boris", cursor=first["next_cursor"])
    assert (foreign.status, foreign.json["field"]) == (400, "cursor")


def test_workflows_are_requested_in_an_open_session_of_ones_own(desk: Desk) -> None:
    session_id = desk.open().json["session_id"]
    theirs = desk.open(owner="boris").json["session_id"]
    build_only: dict[str, Any] = {"options": {"deploy": False}}

    accepted = desk.request(session_id=session_id, **build_only)
    assert accepted.status == 202
    assert desk.load(accepted.json["workflow_id"]).workflow.session_id == session_id
    for wrong in (theirs, "se_nowhere", "my-own-text"):
        refused = desk.request(session_id=wrong, **build_only)
        assert (refused.status, refused.json["field"]) == (400, "session_id")
        assert "POST /sessions" in refused.json["fix"]
    desk.close(session_id)

    assert desk.request(session_id=session_id, **build_only).json["field"] == "session_id"
    assert desk.load(accepted.json["workflow_id"]).workflow.cancel is None


def test_a_refused_request_leaves_nothing_and_an_accepted_one_is_remembered(desk: Desk) -> None:
    session_id = desk.open().json["session_id"]
    first = desk.request(key="k", session_id=session_id)
    desk.close(session_id)

    assert desk.request(key="k", session_id=session_id).json == first.json
    other = desk.request(key="k2", session_id=session_id, app={"name": "cafe"})
    assert other.status == 400
    assert desk.target("default/cafe/cafe").holder is None
    with pytest.raises(NotFound):
        desk.load("wf_cafe")
