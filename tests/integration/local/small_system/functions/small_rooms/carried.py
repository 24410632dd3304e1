"""What streams, queues and buses bring."""

import json
import os
from typing import Any

import boto3

from small_rooms.seen import note, trouble


def relay(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publishes each note and starts an execution for it; answers which records failed."""
    del context
    for record in event["Records"]:
        name = record["dynamodb"]["Keys"]["pk"]["S"]
        trouble("batch")
        try:
            trouble(name)
        except ValueError:
            number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        note("relayed", name)
        _publish(name)
    return {"batchItemFailures": []}


def _publish(name: str) -> None:
    entry = {
        "EventBusName": os.environ["SLIPWAY_BUS"],
        "Source": "small",
        "DetailType": "note.written",
        "Detail": json.dumps({"note": name}),
    }
    boto3.client("events").put_events(Entries=[entry])
    boto3.client("stepfunctions").start_execution(
        stateMachineArn=os.environ["SLIPWAY_STATE_MACHINE_ARN"],
        name=name,
        input=json.dumps({"note": name}),
    )


def from_queue(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    failed = []
    for record in event["Records"]:
        try:
            trouble(record["body"])
            note("messages", record["body"])
        except ValueError:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def from_bus(event: dict[str, Any], context: Any) -> None:
    del context
    trouble("bus")
    note("events", event)
