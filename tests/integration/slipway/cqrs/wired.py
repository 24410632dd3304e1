"""The handlers on tables, bus and state machine of moto, and the stream between them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from tests.integration.slipway.cqrs.aws import BUCKET, aws, client, make_table
from tests.unit.slipway.cqrs.stories import REQUEST, ask

from commands.containerize import handler as containerize
from slipway import wiring
from slipway.containerize.target import Target
from slipway.settings import Settings

MACHINE = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
ROLE = "arn:aws:iam::123456789012:role/machine"


@contextmanager
def wired(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with aws(monkeypatch):
        tables = {"WriteTable": "write", "ReadTable": "read", "ReadTableGreen": "green"}
        for resource, name in tables.items():
            make_table(resource, name)
        client("events").create_event_bus(Name="slipway")
        queue = client("sqs").create_queue(QueueName="undelivered")["QueueUrl"]
        arn = client("stepfunctions").create_state_machine(
            name="containerize", definition=json.dumps(MACHINE), roleArn=ROLE
        )["stateMachineArn"]
        settings = Settings(
            write_table="write",
            read_table="read",
            read_table_green="green",
            bucket=BUCKET,
            undelivered_url=queue,
            state_machine_arn=arn,
        )
        target = Target("registry.example/apps")
        with wiring.use(settings=settings, target=target, pause=lambda _seconds: None):
            yield


def stream() -> dict[str, Any]:
    """All that the write table's stream holds, as one batch."""
    streams, (arn, shard) = client("dynamodbstreams"), place()
    start = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return {"Records": streams.get_records(ShardIterator=start)["Records"]}


def place() -> tuple[str, str]:
    """The write table's stream, and its only shard."""
    streams = client("dynamodbstreams")
    arn = streams.list_streams(TableName="write")["Streams"][0]["StreamArn"]
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return arn, shards[0]["ShardId"]


def post(key: str = "k", **changes: Any) -> Any:
    body = {**REQUEST, **changes}
    return ask(containerize, "POST", body=body, headers={"Idempotency-Key": key})


def undelivered() -> Sequence[dict[str, Any]]:
    """The messages of the failure queue, as a function of a queue is given them."""
    url = wiring.settings().undelivered_url
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [{"messageId": m["MessageId"], "body": m["Body"]} for m in found.get("Messages", [])]
