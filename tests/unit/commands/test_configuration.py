"""Anna sets defaults once, and leaves them out of her requests."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.commands.account import Desk, at_the_desk

HOUSE = {
    "app": {"namespace": "team", "replicas": 3},
    "image": {"repository_prefix": "ghcr.io/acme"},
    "options": {"scan": False, "deploy": False, "strict": True, "on_failure": "rollback"},
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with at_the_desk() as desk:
        yield desk


def requested(desk: Desk, **changes: Any) -> Any:
    reply = desk.request(**changes)
    assert reply.status == 202, reply.text
    return desk.load(reply.json["workflow_id"]).workflow


def test_a_configuration_that_was_never_set_is_empty_at_version_0(desk: Desk) -> None:
    reply = desk.configuration()

    assert (reply.status, reply.headers["etag"]) == (200, '"0"')
    assert (reply.json["version"], reply.json["updated_at"]) == (0, None)
    assert reply.json["defaults"]["app"] == {"namespace": None, "replicas": None}


def test_what_was_put_is_what_is_got_and_the_world_is_told(desk: Desk) -> None:
    put = desk.configure(HOUSE)

    got = desk.configuration()
    assert (put.status, put.json) == (202, {"version": 1})
    assert put.headers["etag"] == got.headers["etag"]
    assert put.headers["location"] == "/config?min_version=1"
    assert "location" not in got.headers
    assert got.json["defaults"] == HOUSE
    assert desk.configuration("anna", None, **{"if-none-match": put.headers["etag"]}).status == 304
    assert desk.configuration(owner="boris").json["version"] == 0
    (event,) = desk.told
    told = event.to_cloudevent("dev")
    assert (told["type"], told["subject"]) == ("slipway.config.updated", "anna")
    assert (told["id"], told["sequence"]) == ("config-anna-000001", 1)
    assert told["data"]["config"]["defaults"] == HOUSE


def test_a_put_replaces_the_whole_of_it(desk: Desk) -> None:
    desk.configure(HOUSE)

    desk.configure({"app": {"replicas": 2}})

    told = desk.configuration().json
    assert told["version"] == 2
    assert told["defaults"]["app"] == {"namespace": None, "replicas": 2}
    assert told["defaults"]["image"] == {"repository_prefix": None}


def test_who_was_overtaken_is_told_so_and_overwrites_nothing(desk: Desk) -> None:
    seen = desk.configuration().headers["etag"]
    first = desk.configure({"app": {"replicas": 2}}, **{"if-match": seen})
    assert first.status == 202

    late = desk.configure({}, **{"if-match": seen})

    assert (late.status, late.json["code"]) == (412, "precondition_failed")
    assert (late.json["field"], late.json["version"]) == ("If-Match", 1)
    assert "min_version=1" in late.json["fix"]
    assert desk.configuration(min_version=1).json["defaults"]["app"]["replicas"] == 2
    assert desk.configure({}, **{"if-match": f'"7", {first.headers["etag"]}'}).status == 202
    assert desk.configure({}, **{"if-match": "*"}).status == 202
    assert desk.configure({}).status == 202


def test_who_knows_the_version_waits_for_it(desk: Desk) -> None:
    version = desk.configure({"app": {"replicas": 2}}).json["version"]

    assert desk.configuration(min_version=version).status == 200
    never = desk.configuration(min_version=version + 1)
    assert (never.status, never.json["code"]) == (409, "not_yet_visible")


def test_any_version_is_none_when_nothing_was_set(desk: Desk) -> None:
    assert desk.configure({}, **{"if-match": "*"}).status == 412


def test_the_same_key_updates_once(desk: Desk) -> None:
    first, second = desk.configure(HOUSE, key="k"), desk.configure(HOUSE, key="k")

    assert (second.status, second.json) == (202, first.json)
    assert desk.configure({}, key="k").json["code"] == "idempotency_conflict"
    assert len(desk.told) == 1


def test_the_same_key_under_another_condition_is_another_request(desk: Desk) -> None:
    first = desk.configure(HOUSE, key="k", **{"if-match": desk.configuration().headers["etag"]})

    assert first.status == 202
    other = desk.configure(HOUSE, key="k", **{"if-match": first.headers["etag"]})
    assert (other.status, other.json["code"]) == (409, "idempotency_conflict")
    assert len(desk.told) == 1


@pytest.mark.parametrize(
    ("defaults", "field"),
    [
        (None, "defaults"),
        ({"app": {"replicas": 0}}, "defaults.app.replicas"),
        ({"app": {"replicas": "3"}}, "defaults.app.replicas"),
        ({"app": {"name": "shop"}}, "defaults.app.name"),
        ({"app": {"namespace": "kube-system"}}, "defaults.app.namespace"),
        ({"image": {"repository_prefix": "ghcr.io/ACME"}}, "defaults.image.repository_prefix"),
        ({"image": {"repository_prefix": "evil.example/a"}}, "defaults.image.repository_prefix"),
        ({"options": {"adopt": True}}, "defaults.options.adopt"),
        ({"options": {"on_failure": "advise"}}, "defaults.options.on_failure"),
    ],
)
def test_what_no_request_could_ask_for_is_no_default(desk: Desk, defaults: Any, field: str) -> None:
    reply = desk.configure(defaults)

    assert (reply.status, reply.json["field"]) == (400, field)
    assert desk.told == []


def test_what_a_request_leaves_out_is_taken_from_the_configuration_and_recorded(
    desk: Desk,
) -> None:
    desk.configure(HOUSE)

    workflow = requested(desk)

    assert workflow.request["app"]["namespace"] == "team"
    assert workflow.request["app"]["replicas"] == 3
    assert workflow.request["image"]["repository"] == "ghcr.io/acme/shop"
    assert workflow.request["options"] == {
        "scan": False,
        "deploy": False,
        "strict": True,
        "on_failure": "rollback",
        "adopt": False,
    }
    assert workflow.defaults == {
        "config_version": 1,
        "fields": [
            "app.namespace",
            "app.replicas",
            "options.scan",
            "options.deploy",
            "options.strict",
            "options.on_failure",
            "image.repository",
        ],
    }
    (event,) = desk.events(workflow.workflow_id)
    assert event.data["workflow"]["defaults"] == workflow.defaults


def test_what_a_request_says_counts_also_when_it_says_null(desk: Desk) -> None:
    desk.configure(HOUSE)

    workflow = requested(
        desk,
        app={"name": "shop", "namespace": None, "replicas": 1},
        image={"repository": None},
        options={"scan": True, "deploy": True, "strict": False, "on_failure": "rollback"},
    )

    assert workflow.request["app"]["namespace"] is None
    assert workflow.request["app"]["replicas"] == 1
    assert workflow.request["image"]["repository"] is None
    assert workflow.request["options"]["scan"] is True
    assert workflow.defaults is None
    assert workflow.lock == "default/shop/shop"


def test_the_defaults_of_one_are_not_those_of_another(desk: Desk) -> None:
    desk.configure(HOUSE)

    workflow = requested(desk, owner="boris")

    assert workflow.request["app"]["replicas"] == 1
    assert workflow.defaults is None


def test_a_request_that_is_sent_again_is_the_same_after_the_configuration_changed(
    desk: Desk,
) -> None:
    first = desk.request(key="k")
    desk.configure(HOUSE)

    again = desk.request(key="k")

    assert (again.status, again.json) == (202, first.json)
    assert desk.load(first.json["workflow_id"]).workflow.request["app"]["replicas"] == 1
