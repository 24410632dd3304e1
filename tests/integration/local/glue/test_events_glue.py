"""Buses deliver to functions and machines, and queues say when a message has come."""

import json
from typing import Any

import boto3
import pytest

from slipway_local.glue.event_bridge import event_bridge
from slipway_local.glue.queues import queues

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:Step"
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:small"


@pytest.mark.usefixtures("bare_moto")
def test_an_event_goes_to_every_target_of_the_rules_that_match() -> None:
    delivered = []
    events = boto3.client("events")
    events.put_rule(Name="wanted", EventPattern=json.dumps({"source": ["small"]}))
    events.put_rule(Name="other", EventPattern=json.dumps({"source": ["else"]}))
    targets: list[Any] = [
        {"Id": "1", "Arn": FUNCTION},
        {"Id": "2", "Arn": MACHINE, "Input": '{"fixed": 1}'},
        {
            "Id": "3",
            "Arn": FUNCTION,
            "InputTransformer": {
                "InputPathsMap": {"who": "$.detail.note"},
                "InputTemplate": '{"workflow_id": <who>}',
            },
        },
    ]
    events.put_targets(Rule="wanted", Targets=targets)
    events.put_targets(Rule="other", Targets=targets)

    entry: Any = {"Source": "small", "DetailType": "t", "Detail": json.dumps({"note": "anna"})}
    with event_bridge(lambda arn, event: delivered.append((arn, event))):
        events.put_events(Entries=[entry])

    assert [arn for arn, _ in delivered] == [FUNCTION, MACHINE, FUNCTION]
    assert delivered[0][1]["detail"] == {"note": "anna"}
    assert delivered[0][1]["time"].startswith("2")
    assert delivered[1][1] == {"fixed": 1}
    assert delivered[2][1] == {"workflow_id": "anna"}


@pytest.mark.usefixtures("bare_moto")
def test_a_message_that_arrives_is_announced() -> None:
    arrived: list[str] = []
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]

    with queues(arrived.append):
        sqs.send_message(QueueUrl=url, MessageBody="x")

    assert arrived == ["arn:aws:sqs:eu-central-1:123456789012:inbox"]
