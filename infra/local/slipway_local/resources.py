"""Create the template's resources in the local AWS."""

import json
from collections.abc import Iterable
from typing import Any

from slipway_local.services import client as _client
from slipway_local.template.arns import REGION
from slipway_local.template.model import Bucket, Queue, Rule, System, Target


def create(system: System) -> None:
    _tables(system)
    _buckets(system.buckets)
    _queues(system.queues)
    _rules(system)
    machines = _client("stepfunctions")
    for machine in system.machines:
        machines.create_state_machine(
            name=machine.name,
            definition=machine.definition,
            roleArn="arn:aws:iam::123456789012:role/local",
            type="STANDARD",
        )


def _tables(system: System) -> None:
    client = _client("dynamodb")
    for table in system.tables:
        client.create_table(**table.properties)
        if table.ttl_attribute:
            client.update_time_to_live(
                TableName=table.name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl_attribute},
            )


def _buckets(buckets: Iterable[Bucket]) -> None:
    client = _client("s3")
    for bucket in buckets:
        client.create_bucket(
            Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        if bucket.versioned:
            client.put_bucket_versioning(
                Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"}
            )


def _queues(queues: Iterable[Queue]) -> None:
    """Create dead-letter queues before the queues that refer to them."""
    client = _client("sqs")
    for queue in sorted(queues, key=lambda each: "RedrivePolicy" in each.attributes):
        client.create_queue(QueueName=queue.name, Attributes=dict(queue.attributes))


def _rules(system: System) -> None:
    client = _client("events")
    for bus in system.buses:
        client.create_event_bus(Name=bus)
    for rule in system.rules:
        if rule.pattern is not None:
            _rule(client, rule)


def _rule(client: Any, rule: Rule) -> None:
    client.put_rule(Name=rule.name, EventBusName=rule.bus, EventPattern=json.dumps(rule.pattern))
    targets = [_target(number, target) for number, target in enumerate(rule.targets)]
    client.put_targets(Rule=rule.name, EventBusName=rule.bus, Targets=targets)


def _target(number: int, target: Target) -> dict[str, Any]:
    given = {"Input": target.given, "InputTransformer": target.transformer}
    return {"Id": str(number), "Arn": target.arn, **{k: v for k, v in given.items() if v}}
