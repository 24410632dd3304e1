"""The operator's repairs, on the interfaces of AWS: a rebuild, a replay, a redriven queue."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.slipway.cqrs.aws import client
from tests.integration.slipway.cqrs.wired import place, post, stream, undelivered, wired
from tests.unit.slipway.cqrs.stories import ask, operator

from commands.cancel import handler as cancel
from commands.close_session import handler as close_session
from commands.open_session import handler as open_session
from commands.update_config import handler as update_config
from queries.get_config import handler as get_config
from queries.get_timeline import handler as get_timeline
from queries.get_workflow import handler as get_workflow
from queries.list_sessions import handler as list_sessions
from queries.list_workflows import handler as list_workflows
from recovery.rebuild import handler as rebuild
from recovery.redrive import handler as redrive
from recovery.replay import on_request as replay
from slipway import wiring
from slipway.cqrs.generations import Generation
from slipway.cqrs.views import Outdated
from slipway.messages.events import Event
from streams.project import handler as project
from streams.relay import handler as relay

DONE: dict[str, Any] = {"batchItemFailures": []}


class Seen:
    """A bus that remembers."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def publish(self, events: list[Event]) -> list[Event]:
        self.ids += [event.id for event in events]
        return []


BY_OLGA = operator("olga")


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with wired(monkeypatch):
        yield


def workflows(count: int) -> list[str]:
    return [
        post(f"k{number}", app={"name": f"shop{number}"}).json["workflow_id"]
        for number in range(count)
    ]


def everything(ids: list[str]) -> list[Any]:
    """All that a client can read."""
    read = [ask(list_workflows).json]
    for workflow_id in ids:
        path = {"id": workflow_id}
        read += [ask(get_workflow, path=path).json, ask(get_timeline, path=path).json]
    return read


def readers_notice() -> None:
    """What a reader does two seconds later."""
    wiring.read_tables()._known = None
    wiring.account_tables()._known = None


def test_a_wrecked_read_table_is_rebuilt_and_shows_what_it_showed_before() -> None:
    ids = workflows(3)
    ask(cancel, "POST", path={"id": ids[1]}, body={"reason": "wrong branch"})
    assert project(stream()) == DONE
    before = everything(ids)
    table = client("dynamodb")
    for item in table.scan(TableName="read")["Items"]:
        key = {"pk": item["pk"], "sk": item["sk"]}
        if item["sk"]["S"] == "VIEW" and ids[0] not in item["pk"]["S"]:
            damaged = {**item, "view": {"S": item["view"]["S"].replace("REQUESTED", "PARKED")}}
            table.put_item(TableName="read", Item=damaged)
        else:
            table.delete_item(TableName="read", Key=key)

    told = ask(rebuild, "POST", **BY_OLGA)
    readers_notice()

    assert told.json == {"phase": "serving", "active": "green", "workflows": 3, "done": True}
    assert everything(ids) == before
    again = ask(rebuild, "POST", **BY_OLGA).json
    readers_notice()
    assert (again["active"], again["done"]) == ("blue", True)
    assert everything(ids) == before


def test_sessions_and_the_configuration_are_rebuilt_too() -> None:
    kept, closed = (ask(open_session, "POST", body={}).json["session_id"] for _ in range(2))
    ask(close_session, "DELETE", path={"id": closed})
    ask(update_config, "PUT", body={"defaults": {"app": {"replicas": 3}}})
    assert project(stream()) == DONE
    before = [ask(list_sessions).json, ask(get_config).json]
    for item in client("dynamodb").scan(TableName="read")["Items"]:
        client("dynamodb").delete_item(TableName="read", Key={"pk": item["pk"], "sk": item["sk"]})

    assert ask(rebuild, "POST", **BY_OLGA).json["done"]
    readers_notice()

    assert [ask(list_sessions).json, ask(get_config).json] == before
    assert [each["session_id"] for each in before[0]["items"]] == [kept]


def test_what_is_projected_while_a_rebuild_is_under_way_is_there_after_the_switch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (first,) = workflows(1)
    assert project(stream()) == DONE
    monkeypatch.setattr("recovery.rebuild._WORKS_FOR_S", 0)
    begun = ask(rebuild, "POST", **BY_OLGA).json
    assert (begun["phase"], begun["active"], begun["done"]) == ("filling", "blue", False)

    ask(cancel, "POST", path={"id": first}, body={"reason": "wrong branch"})
    second = post("other", app={"name": "cafe"}).json["workflow_id"]
    assert project(stream()) == DONE
    while not ask(rebuild, "POST", **BY_OLGA).json["done"]:
        pass
    readers_notice()

    assert ask(get_workflow, path={"id": first}).json["cancel"]["reason"] == "wrong branch"
    assert {view["workflow_id"] for view in ask(list_workflows).json["items"]} == {first, second}


def test_two_who_rebuild_at_once_are_told_apart() -> None:
    pointer = wiring.read_tables().pointer
    pointer.move(Generation().moved())

    with pytest.raises(Outdated):
        pointer.move(Generation().moved())
    assert pointer.read().version == 1


def test_a_replay_tells_every_event_again_under_the_id_that_it_had() -> None:
    (workflow_id,) = workflows(1)
    seen = Seen()
    with wiring.use(bus=seen):
        assert relay(stream()) == DONE
        told = ask(replay, "POST", path={"id": workflow_id}, **BY_OLGA)

    assert told.json == {"workflow_id": workflow_id, "events": 1}
    assert seen.ids == [f"{workflow_id}-000001"] * 2
    machine = wiring.settings().state_machine_arn
    runs = client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert [run["name"] for run in runs] == [workflow_id]
    assert ask(get_workflow, path={"id": workflow_id}).json["version"] == 1


def test_a_workflow_of_somebody_else_cannot_be_replayed_without_being_an_operator() -> None:
    (workflow_id,) = workflows(1)

    refused = ask(replay, "POST", path={"id": workflow_id}, owner="boris")

    assert (refused.status, refused.json["scope"]) == (403, "workflows:operate")


def test_an_operator_replays_a_workflow_of_anybody() -> None:
    (workflow_id,) = workflows(1)

    told = ask(replay, "POST", path={"id": workflow_id}, **BY_OLGA)

    assert told.json == {"workflow_id": workflow_id, "events": 1}


def test_a_poisoned_workflow_waits_in_the_queue_until_it_is_mended_and_redriven() -> None:
    bad, good = workflows(2)
    told = stream()
    poisoned = next(
        record["dynamodb"]["NewImage"]
        for record in told["Records"]
        if bad in record["dynamodb"]["Keys"]["pk"]["S"]
        and record["dynamodb"]["Keys"]["sk"]["S"].startswith("EVENT#")
    )
    poisoned["type"] = {"N": "7"}

    assert project(told) == DONE
    assert ask(get_workflow, path={"id": bad}).status == 404
    assert ask(get_workflow, path={"id": good}).status == 200
    waiting = undelivered()
    assert [json.loads(each["body"]) for each in waiting] == [
        {"workflow_id": bad, "error": "ValidationError"}
    ]

    assert redrive({"Records": waiting}) == DONE
    assert ask(get_workflow, path={"id": bad}).status == 200


def report(first: str, last: str) -> dict[str, Any]:
    """What Lambda puts into the queue when a function could not even answer."""
    arn, shard = place()
    told = {
        "streamArn": arn,
        "shardId": shard,
        "startSequenceNumber": first,
        "endSequenceNumber": last,
        "batchSize": 2,
    }
    return {"messageId": "m", "body": json.dumps({"DDBStreamBatchInfo": told})}


def test_positions_in_the_stream_lead_to_their_workflows() -> None:
    ids = workflows(3)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in stream()["Records"]]
    per_workflow = len(numbers) // 3

    assert redrive({"Records": [report(numbers[0], numbers[per_workflow])]}) == DONE

    seen = [ask(get_workflow, path={"id": workflow_id}).status for workflow_id in ids]
    assert seen == [200, 200, 404]


def test_what_fails_again_goes_back_and_stops_none_of_the_others() -> None:
    (workflow_id,) = workflows(1)
    unknown = {"messageId": "1", "body": json.dumps({"workflow_id": "wf_unknownunknown"})}
    known = {"messageId": "2", "body": json.dumps({"workflow_id": workflow_id})}
    garbled = {"messageId": "3", "body": "{"}

    told = redrive({"Records": [unknown, known, garbled]})

    assert told == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}
    assert ask(get_workflow, path={"id": workflow_id}).status == 200


def test_a_death_that_nobody_was_told_of_is_told_now() -> None:
    (workflow_id,) = workflows(1)
    death = {
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"name": workflow_id, "status": "ABORTED"},
    }
    bodies = [death, {"requestPayload": death}]  # of EventBridge, and of Lambda

    for body in bodies:
        assert redrive({"Records": [{"messageId": "1", "body": json.dumps(body)}]}) == DONE

    events = wiring.store().events(workflow_id)
    assert [event.type for event in events][1:] == ["slipway.workflow.undo_requested"]
