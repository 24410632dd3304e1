"""From a request over a stream, a bus and a state machine: the whole way, as on AWS."""

import json
import threading

import boto3
from tests.integration.local.conftest import Small


def test_a_request_reaches_stream_bus_and_state_machine(small: Small) -> None:
    reply = small.ask("POST", "/notes/anna", b"hello")

    assert (reply.status, reply.json()) == (202, {"id": "anna"})
    assert reply.headers["Location"] == "/notes/anna"
    assert reply.headers["Set-Cookie"] == "seen=1"
    assert small.saw("relayed") == ["anna"]
    assert [event["detail"] for event in small.saw("events")] == [{"note": "anna"}]
    assert small.saw("steps") == [("anna", "first"), ("anna", "second"), ("anna", "third")]


def test_twenty_workflows_at_once_each_run_every_step_once(small: Small) -> None:
    threads = [
        threading.Thread(target=small.ask, args=("POST", f"/notes/many-{number}", b"x"))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(small.saw("steps")) == 60
    assert len(set(small.saw("steps"))) == 60


def test_a_step_that_is_unavailable_is_tried_again_by_its_class_name(small: Small) -> None:
    small.seen.TROUBLE["first"] = [Unavailable(), Unavailable()]

    small.ask("POST", "/notes/berta", b"x")

    assert small.saw("steps")[0] == ("berta", "first")
    assert small.saw("tokens") == []


def test_a_step_that_fails_otherwise_goes_to_its_catch_and_waits_for_a_person(small: Small) -> None:
    small.seen.TROUBLE["first"] = [RuntimeError("broken")]
    small.ask("POST", "/notes/carla", b"x")
    token = small.saw("tokens")[0]
    assert small.saw("steps") == []

    boto3.client("stepfunctions").send_task_success(taskToken=token, output="{}")

    assert small.saw("steps") == [("carla", "third")]


def test_an_execution_that_failed_is_announced_on_the_default_bus(small: Small) -> None:
    small.seen.TROUBLE["second"] = [RuntimeError("no way out")]

    small.ask("POST", "/notes/dora", b"x")

    ended = [event for event in small.saw("events") if event["source"] == "aws.states"]
    assert [(event["detail"]["name"], event["detail"]["status"]) for event in ended] == [
        ("dora", "FAILED")
    ]
    assert json.loads(ended[0]["detail"]["input"]) == {"note": "dora"}


class Unavailable(Exception):  # noqa: N818  (the machine of the small system knows it by this name)
    pass
