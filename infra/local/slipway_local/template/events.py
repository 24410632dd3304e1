"""Read the `Events` of a function or state machine: routes, streams, queues, rules, schedules."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from slipway_local.template.errors import TemplateError
from slipway_local.template.model import (
    QueueSource,
    Route,
    Rule,
    StreamSource,
    System,
    Target,
)

Properties = Mapping[str, Any]
_UNITS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\((\d+) (second|minute|hour|day)s?\)")


def add_event(system: System, owner: str, arn: str, name: str, event: Properties) -> None:
    """`owner` names a function or state machine. Raises TemplateError for an unknown type."""
    add = _KINDS.get(event["Type"])
    if add is None:
        raise TemplateError(f"{owner}: the local system has no events of type {event['Type']}")
    add(system, owner, arn, name, event.get("Properties", {}))


def _route(system: System, owner: str, arn: str, name: str, given: Properties) -> None:
    del arn, name
    public = given.get("Auth", {}).get("Authorizer") == "NONE"
    method = given.get("Method", "ANY").upper()
    system.routes.append(Route(method, given.get("Path", "/{proxy+}"), owner, public))


def _stream(system: System, owner: str, arn: str, name: str, given: Properties) -> None:
    del arn, name
    retries = int(given.get("MaximumRetryAttempts", -1))
    system.streams.append(
        StreamSource(
            **_source(owner, given, 100),
            table=given["Stream"].split(":table/")[1].split("/")[0],
            retries=None if retries < 0 else retries,
            bisect=bool(given.get("BisectBatchOnFunctionError", False)),
            on_failure=given.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        )
    )


def _queue(system: System, owner: str, arn: str, name: str, given: Properties) -> None:
    del arn, name
    system.queue_sources.append(QueueSource(**_source(owner, given, 10), queue=given["Queue"]))


def _source(owner: str, given: Properties, batch_size: int) -> dict[str, Any]:
    patterns = given.get("FilterCriteria", {}).get("Filters", [])
    return {
        "function": owner,
        "batch_size": int(given.get("BatchSize", batch_size)),
        "partial_failures": "ReportBatchItemFailures" in given.get("FunctionResponseTypes", []),
        "filters": [json.loads(each["Pattern"]) for each in patterns],
    }


def _pattern(system: System, owner: str, arn: str, name: str, given: Properties) -> None:
    bus = given.get("EventBusName", "default").rpartition("/")[2]
    target = Target(arn, given.get("Input"), given.get("InputTransformer"))
    system.rules.append(Rule(owner + name, [target], bus, pattern=given["Pattern"]))


def _schedule(system: System, owner: str, arn: str, name: str, given: Properties) -> None:
    expression = given.get("Schedule") or given["ScheduleExpression"]
    every_s = rate_s(expression)
    system.rules.append(Rule(owner + name, [Target(arn, given.get("Input"))], every_s=every_s))


def rate_s(expression: str) -> float:
    """`rate(5 minutes)` → 300. Raises TemplateError for anything else."""
    match = _RATE.fullmatch(expression)
    if match is None:
        raise TemplateError(f"the local system understands rate(…) only, not {expression!r}")
    return float(int(match[1]) * _UNITS_S[match[2]])


_KINDS: Mapping[str, Callable[[System, str, str, str, Properties], None]] = {
    "HttpApi": _route,
    "DynamoDB": _stream,
    "SQS": _queue,
    "EventBridgeRule": _pattern,
    "CloudWatchEvent": _pattern,
    "Schedule": _schedule,
    "ScheduleV2": _schedule,
}
