"""Read template files into the model: every resource that the local system runs."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from slipway_local.template import arns
from slipway_local.template.events import add_event, rate_s
from slipway_local.template.intrinsics import INTRINSICS
from slipway_local.template.model import (
    Bucket,
    Function,
    Queue,
    Rule,
    StateMachine,
    System,
    Table,
    Target,
)
from slipway_local.template.stack import Stack

Properties = Mapping[str, Any]
_MERGED = ("Environment", "Tags")


def read_system(template: Path, parameters: Mapping[str, Any]) -> System:
    """Raises TemplateError. Resources without a local meaning are skipped."""
    system = System()
    _read(Stack(template, parameters, INTRINSICS), system)
    return system


def _read(stack: Stack, system: System) -> None:
    for nested in stack.nested.values():
        _read(nested, system)
    for logical_id, resource in stack.resources.items():
        add = _KINDS.get(resource["Type"])
        if add:
            add(stack, system, logical_id, resource.get("Properties", {}))


def _names(stack: Stack, logical_id: str) -> tuple[str, str]:
    resource = stack.resource(logical_id)
    return arns.name(logical_id, resource), arns.arn(logical_id, resource)


def _function(stack: Stack, system: System, logical_id: str, given: Properties) -> None:
    name, arn = _names(stack, logical_id)
    # other properties have no local meaning, and may refer to resources that do not exist here
    wanted = ("Handler", "Timeout", "MemorySize", "Environment", "Events")
    shared = stack.resolve(_only(stack.globals_of("Function"), wanted))
    own = stack.resolve(_only(given, wanted))
    merged = {**shared, **own}
    variables = {
        **shared.get("Environment", {}).get("Variables", {}),
        **own.get("Environment", {}).get("Variables", {}),
    }
    system.functions.append(
        Function(
            name,
            arn,
            merged["Handler"],
            float(merged.get("Timeout", 3)),
            int(merged.get("MemorySize", 128)),
            {key: str(value) for key, value in variables.items()},
        )
    )
    for event_name, event in merged.get("Events", {}).items():
        add_event(system, name, arn, event_name, event)


def _only(given: Properties, wanted: tuple[str, ...]) -> dict[str, Any]:
    return {key: given[key] for key in wanted if key in given}


def _machine(stack: Stack, system: System, logical_id: str, given: Properties) -> None:
    name, arn = _names(stack, logical_id)
    if "DefinitionUri" in given:
        text = (stack.folder / given["DefinitionUri"]).read_text(encoding="utf-8")
    else:
        text = json.dumps(stack.resolve(given["Definition"]))
    for key, value in stack.resolve(given.get("DefinitionSubstitutions", {})).items():
        text = text.replace("${" + key + "}", str(value))
    system.machines.append(StateMachine(name, arn, text))
    for event_name, event in stack.resolve(given.get("Events", {})).items():
        add_event(system, name, arn, event_name, event)


def _table(stack: Stack, system: System, logical_id: str, given: Properties) -> None:
    name, _ = _names(stack, logical_id)
    wanted = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")
    properties = stack.resolve(_only(given, (*wanted, "StreamSpecification")))
    if "StreamSpecification" in properties:
        properties["StreamSpecification"]["StreamEnabled"] = True
    ttl = stack.resolve(given.get("TimeToLiveSpecification", {})).get("AttributeName")
    system.tables.append(
        Table(name, {**properties, "TableName": name, "BillingMode": "PAY_PER_REQUEST"}, ttl)
    )


def _queue(stack: Stack, system: System, logical_id: str, given: Properties) -> None:
    name, _ = _names(stack, logical_id)
    wanted = ("VisibilityTimeout", "RedrivePolicy", "FifoQueue", "ContentBasedDeduplication")
    attributes = stack.resolve(_only(given, wanted))
    system.queues.append(Queue(name, {key: _text(value) for key, value in attributes.items()}))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _bucket(stack: Stack, system: System, logical_id: str, given: Properties) -> None:
    versioning = stack.resolve(given.get("VersioningConfiguration", {})).get("Status")
    rules = stack.resolve(given.get("LifecycleConfiguration", {})).get("Rules", [])
    expiring = {
        rule.get("Prefix", ""): int(rule["ExpirationInDays"])
        for rule in rules
        if "ExpirationInDays" in rule
    }
    name = _names(stack, logical_id)[0]
    system.buckets.append(Bucket(name, versioning == "Enabled", expiring))


def _bus(stack: Stack, system: System, logical_id: str, given: Properties) -> None:
    del given
    system.buses.append(_names(stack, logical_id)[0])


def _rule(stack: Stack, system: System, logical_id: str, given: Properties) -> None:
    known = stack.resolve(
        _only(given, ("EventBusName", "EventPattern", "ScheduleExpression", "Targets"))
    )
    targets = [
        Target(each["Arn"], each.get("Input"), each.get("InputTransformer"))
        for each in known.get("Targets", [])
    ]
    expression = known.get("ScheduleExpression")
    system.rules.append(
        Rule(
            _names(stack, logical_id)[0],
            targets,
            known.get("EventBusName", "default").rpartition("/")[2],
            known.get("EventPattern"),
            rate_s(expression) if expression else None,
        )
    )


_KINDS: Mapping[str, Callable[[Stack, System, str, Properties], None]] = {
    "AWS::Serverless::Function": _function,
    "AWS::Serverless::StateMachine": _machine,
    "AWS::DynamoDB::Table": _table,
    "AWS::SQS::Queue": _queue,
    "AWS::S3::Bucket": _bucket,
    "AWS::Events::EventBus": _bus,
    "AWS::Events::Rule": _rule,
}
