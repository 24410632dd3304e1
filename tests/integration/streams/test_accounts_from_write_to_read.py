"""A session and a configuration go all the way on the interfaces of AWS."""

from typing import Any

from tests.integration.slipway.cqrs.aws import client
from tests.integration.slipway.cqrs.wired import post, stream
from tests.integration.streams.test_from_write_to_read import system
from tests.unit.slipway.cqrs.stories import ask

from commands.close_session import handler as close_session
from commands.open_session import handler as open_session
from commands.update_config import handler as update_config
from queries.get_config import handler as get_config
from queries.list_sessions import handler as list_sessions
from queries.list_workflows import handler as list_workflows
from slipway.adapters.dynamodb_items import read_event
from streams.project import handler as project
from streams.relay import handler as relay

__all__ = ["system"]


def written(prefix: str) -> list[dict[str, Any]]:
    """The events that stay in the write table."""
    found = client("dynamodb").scan(TableName="write")["Items"]
    events = [read_event(i) for i in found if i["pk"]["S"].startswith(prefix)]
    told = [event.to_cloudevent("dev") for event in events if event]
    return sorted(told, key=lambda event: event["sequence"])


def test_a_session_is_read_once_the_stream_is_through_however_often_it_comes() -> None:
    session_id = ask(open_session, "POST", body={"labels": {"a": "b"}}).json["session_id"]
    workflow = post(session_id=session_id).json["workflow_id"]

    assert project(stream()) == project(stream()) == {"batchItemFailures": []}
    assert relay(stream()) == {"batchItemFailures": []}

    assert [s["session_id"] for s in ask(list_sessions).json["items"]] == [session_id]
    found = ask(list_workflows, query={"session": session_id}).json["items"]
    assert [view["workflow_id"] for view in found] == [workflow]
    ask(close_session, "DELETE", path={"id": session_id})
    assert project(stream()) == project(stream()) == {"batchItemFailures": []}
    assert ask(list_sessions).json["items"] == []
    assert [(e["type"], e["subject"]) for e in written("session#")] == [
        ("slipway.session.opened", session_id),
        ("slipway.session.closed", session_id),
    ]
    refused = post("late", session_id=session_id, app={"name": "cafe"})
    assert (refused.status, refused.json["field"]) == (400, "session_id")


def test_a_lost_event_is_made_up_for_by_the_next_one() -> None:
    for replicas in (1, 2, 3):
        ask(update_config, "PUT", body={"defaults": {"app": {"replicas": replicas}}})
    records = [r for r in stream()["Records"] if "EVENT#" in r["dynamodb"]["Keys"]["sk"]["S"]]

    project({"Records": records[2:]})
    project({"Records": records[:2]})

    told = ask(get_config).json
    assert (told["version"], told["defaults"]["app"]["replicas"]) == (3, 3)
    assert [event["id"] for event in written("config#")] == [
        f"config-anna-{number:06d}" for number in (1, 2, 3)
    ]
