"""Streams, queues and buses carry what they are given, again when it did not work."""

import json
from typing import Any

import boto3
from tests.integration.local.conftest import Small


def test_a_batch_that_fails_comes_again_and_in_order(small: Small) -> None:
    small.seen.TROUBLE["batch"] = [RuntimeError("not now")]

    small.ask("POST", "/notes/e1", b"x")
    small.ask("POST", "/notes/e2", b"x")

    assert small.saw("relayed") == ["e1", "e2"]


def test_after_a_partial_failure_only_the_rest_comes_again(small: Small) -> None:
    small.seen.TROUBLE["f2"] = [ValueError("not this one")]

    for name in ("f1", "f2", "f3"):
        small.ask("POST", f"/notes/{name}", b"x")

    assert small.saw("relayed") == ["f1", "f2", "f3"]


def test_a_record_that_never_works_goes_to_the_failure_queue_and_frees_the_others(
    small: Small,
) -> None:
    small.seen.TROUBLE["batch"] = [RuntimeError("poison")] * 3

    small.ask("POST", "/notes/poison", b"x")
    assert small.saw("relayed") == []
    small.ask("POST", "/notes/healthy", b"x")

    assert small.saw("relayed") == ["healthy"]
    report = json.loads(_take("Failures"))
    assert report["DDBStreamBatchInfo"]["batchSize"] == 1
    assert report["responseContext"]["functionError"] == "RuntimeError"


def test_a_record_that_the_filter_leaves_out_is_not_delivered(small: Small) -> None:
    small.ask("POST", "/notes/same", b"x")
    small.saw("relayed")

    small.ask("POST", "/notes/same", b"another text")

    assert small.saw("relayed") == ["same"]


def test_a_message_reaches_its_function(small: Small) -> None:
    url = boto3.client("sqs").get_queue_url(QueueName="Inbox")["QueueUrl"]

    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="hello")

    assert small.saw("messages") == ["hello"]


def test_a_message_that_failed_stays_in_the_queue_and_the_others_leave(small: Small) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="Inbox")["QueueUrl"]
    small.seen.TROUBLE["bad"] = [ValueError("not this one")]

    entries: list[Any] = [{"Id": text, "MessageBody": text} for text in ("bad", "good")]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)

    assert small.saw("messages") == ["good"]
    state = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert state["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_an_event_whose_handler_failed_is_tried_again(small: Small) -> None:
    small.seen.TROUBLE["bus"] = [RuntimeError("once")]

    small.ask("POST", "/notes/gina", b"x")

    assert [event["detail"] for event in small.saw("events")] == [{"note": "gina"}]


def _take(queue: str) -> str:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return str(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])
