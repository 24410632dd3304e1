"""Checks that the template substitutes the aliases of the machine's functions, and only those."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from slipway.saga.machine.rendering import PARK_FUNCTION_S, SETTLE_S

_LIMITS_S = {"Settle": SETTLE_S, "Park": PARK_FUNCTION_S}
_FUNCTION = "AWS::Serverless::Function"


def broken_aliases(template: Mapping[str, Any], machine: Mapping[str, Any]) -> Iterator[str]:
    """One message per violation. Without aliases, a running execution would switch to new code."""
    resources = template["Resources"]
    called = set(re.findall(r"\$\{(\w+)\}", json.dumps(machine)))
    for name, found in resources.items():
        if found["Type"] == "AWS::Serverless::StateMachine":
            yield from (f"{name}: {said}" for said in _broken(found["Properties"], called))
    for name, limit_s in _LIMITS_S.items():
        if resources[name]["Properties"].get("Timeout") != limit_s:
            yield f"{name}: timeout must be {limit_s} s"
    for name in map(_function, sorted(called)):
        if resources.get(name, {}).get("Type") != _FUNCTION:
            yield f"{name}: is called by the machine, but is not a function of the template"
        elif "AutoPublishAlias" not in resources[name]["Properties"]:
            yield f"{name}: is called by the machine, but publishes no alias"


def _broken(properties: Mapping[str, Any], called: set[str]) -> Iterator[str]:
    given = properties["DefinitionSubstitutions"]
    for name in sorted(called - given.keys()):
        yield f"{name} is used in the definition, but not substituted"
    for name, value in given.items():
        if name not in called:
            yield f"{name} is not used in the definition"
        if value != _alias(name):
            yield f"{name} is {value}, not the alias of {_function(name)}"
    allowed = _invoked(properties)
    for name in sorted(called):
        if _alias(name) not in allowed:
            yield f"may not call the alias of {_function(name)}"
    if len(allowed) > len(called):
        yield f"may call {len(allowed)} functions, but has states for {len(called)}"


def _invoked(properties: Mapping[str, Any]) -> list[Any]:
    return [
        resource
        for policy in properties["Policies"]
        for statement in policy["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
        for resource in statement["Resource"]
    ]


def _function(substitution: str) -> str:
    return substitution.removesuffix("Arn")


def _alias(substitution: str) -> dict[str, str]:
    return {"Ref": f"{_function(substitution)}.Alias"}
