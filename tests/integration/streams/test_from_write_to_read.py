"""A request goes all the way on the interfaces of AWS: written, streamed, projected, read."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.integration.slipway.cqrs.aws import client
from tests.integration.slipway.cqrs.wired import post, stream, wired
from tests.unit.slipway.cqrs.stories import NOON, SHOP, ask

from commands.cancel import handler as cancel
from queries.get_timeline import handler as get_timeline
from queries.get_workflow import handler as get_workflow
from queries.list_workflows import handler as list_workflows
from slipway import wiring
from slipway.adapters.event_bus import EventBridgeBus
from slipway.adapters.step_functions import StepFunctionsExecutions
from slipway.messages.events import Event
from streams.project import handler as project
from streams.relay import handler as relay


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with wired(monkeypatch):
        yield


def test_what_was_written_can_be_read_once_the_stream_is_through() -> None:
    workflow_id = post().json["workflow_id"]
    cancelled = ask(cancel, "POST", path={"id": workflow_id}, body={"reason": "wrong branch"})

    assert project(stream()) == {"batchItemFailures": []}

    query = {"min_version": str(cancelled.json["version"])}
    view = ask(get_workflow, path={"id": workflow_id}, query=query).json
    assert (view["status"], view["version"]) == ("REQUESTED", 2)
    assert view["cancel"]["reason"] == "wrong branch"
    assert [i["workflow_id"] for i in ask(list_workflows).json["items"]] == [workflow_id]
    messages = [i["message"] for i in ask(get_timeline, path={"id": workflow_id}).json["items"]]
    assert messages == [None, "wrong branch"]


def test_the_stream_may_hand_everything_over_twice() -> None:
    workflow_id = post().json["workflow_id"]

    assert project(stream()) == project(stream()) == {"batchItemFailures": []}
    assert relay(stream()) == relay(stream()) == {"batchItemFailures": []}

    arn = wiring.settings().state_machine_arn
    runs = client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    assert [run["name"] for run in runs] == [workflow_id]


def test_keys_and_locks_hold_in_the_table_too() -> None:
    first = post("k1")

    assert post("k1").json == first.json
    other = post("k1", app={"name": "shop", "replicas": 2})
    assert other.json["code"] == "idempotency_conflict"
    locked = post("k2")
    assert (locked.json["code"], locked.json["holder"]) == (
        "target_locked",
        first.json["workflow_id"],
    )


def test_an_execution_is_given_the_workflow_and_its_mode() -> None:
    arn = wiring.settings().state_machine_arn
    assert arn is not None
    machine = StepFunctionsExecutions(client("stepfunctions"), arn)

    machine.start(SHOP)
    machine.start(SHOP)

    (run,) = client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    told = client("stepfunctions").describe_execution(executionArn=run["executionArn"])
    assert json.loads(told["input"]) == {"workflow_id": SHOP, "mode": "start"}


class Throttled:
    """An event bus that refuses the second entry of the first calls, as it does when busy."""

    def __init__(self, busy_calls: int) -> None:
        self.entries: list[list[dict[str, Any]]] = []
        self._busy_calls = busy_calls

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  (the SDK's)
        self.entries.append(Entries)
        busy = len(self.entries) <= self._busy_calls
        refused = len(Entries) - 1 if busy else None
        answers = [
            {"ErrorCode": "ThrottlingException"} if n == refused else {"EventId": str(n)}
            for n in range(len(Entries))
        ]
        return {"FailedEntryCount": int(busy), "Entries": answers}


def events(count: int) -> Sequence[Event]:
    return [
        Event(
            subject=SHOP,
            sequence=n,
            type="slipway.step.started",
            time=NOON,
            owner="anna",
            correlation_id=SHOP,
        )
        for n in range(1, count + 1)
    ]


def test_entries_that_the_bus_refuses_are_sent_again_and_only_they() -> None:
    busy, waits = Throttled(busy_calls=1), list[float]()
    bus: Any = EventBridgeBus(busy, "slipway", "dev", waits.append)  # type: ignore[arg-type]

    assert list(bus.publish(events(2))) == []
    assert [len(entries) for entries in busy.entries] == [2, 1]
    assert waits == [0.1]


def test_entries_that_stay_refused_are_handed_back() -> None:
    busy = Throttled(busy_calls=9)
    bus: Any = EventBridgeBus(busy, "slipway", "dev", lambda _s: None)  # type: ignore[arg-type]

    assert [event.sequence for event in bus.publish(events(2))] == [2]


def test_the_bus_is_given_cloudevents_ten_at_a_time() -> None:
    calm = Throttled(busy_calls=0)
    bus: Any = EventBridgeBus(calm, "slipway", "dev", lambda _s: None)  # type: ignore[arg-type]

    bus.publish(events(12))

    assert [len(entries) for entries in calm.entries] == [10, 2]
    entry = calm.entries[0][0]
    assert (entry["Source"], entry["DetailType"]) == ("slipway/dev", "slipway.step.started")
    detail = json.loads(entry["Detail"])
    assert (detail["specversion"], detail["subject"], detail["sequence"]) == ("1.0", SHOP, 1)


def test_an_answer_that_nobody_waits_for_any_more_is_no_trouble() -> None:
    machines = client("stepfunctions")
    (machine,) = machines.list_state_machines()["stateMachines"]

    StepFunctionsExecutions(machines, machine["stateMachineArn"]).answer("an-old-token", "skip")

    assert machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"] == []
