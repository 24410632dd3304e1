"""Calls between the services of the local AWS, through boto3 like any program."""

from collections.abc import Callable
from typing import Any

import boto3

from slipway_local.template.arns import REGION


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def sender(sqs: Any) -> Callable[[str, str], None]:
    """Return a function that sends a text to the queue with an ARN."""

    def send(arn: str, text: str) -> None:
        url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=text)

    return send


def starter(machines: Any) -> Callable[[str, str, str], None]:
    def start(arn: str, name: str, text: str) -> None:
        machines.start_execution(stateMachineArn=arn, name=name, input=text)

    return start


def publisher(events: Any) -> Callable[[dict[str, Any]], None]:
    """Return a function that puts one event on the default bus."""

    def put(entry: dict[str, Any]) -> None:
        events.put_events(Entries=[entry])

    return put
