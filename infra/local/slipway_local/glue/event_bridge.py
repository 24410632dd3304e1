"""Deliver events of matching rules to their targets: functions, queues and state machines.

moto raises NotImplementedError for a function or a state machine, inside the publisher's call.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.events.models import Rule

from slipway_local.glue.patching import replaced

_PLACEHOLDER = re.compile(r"<(\w+)>")
_QUOTED_OR_PLACEHOLDER = re.compile(r'("(?:[^"\\]|\\.)*")|<(\w+)>')

Deliver = Callable[[str, Any], None]
"""Takes the target's ARN and the event; returns without waiting for the delivery."""


@contextmanager
def event_bridge(deliver: Deliver) -> Iterator[None]:
    def send_to_targets(rule: Any, event: dict[str, Any], transform_input: bool = True) -> None:
        if rule.state == "DISABLED" or not rule.event_pattern.matches_event(event):
            return
        for target in rule.targets:
            deliver(target["Arn"], _input(target, event) if transform_input else event)

    with replaced(Rule, "send_to_targets", send_to_targets):
        yield


def _input(target: dict[str, Any], event: dict[str, Any]) -> Any:
    if "Input" in target:
        return json.loads(target["Input"])
    sent = copy.deepcopy(event)
    sent["time"] = datetime.fromtimestamp(float(event["time"]), UTC).isoformat()
    transformer = target.get("InputTransformer")
    if not transformer:
        return sent
    values = {name: _at(sent, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    return json.loads(_filled(transformer["InputTemplate"], values))


def _at(event: Any, path: str) -> Any:
    """Resolve a path such as `$.detail.status`; None when it does not exist, as on AWS."""
    for part in path.split(".")[1:]:
        event = event.get(part) if isinstance(event, dict) else None
    return event


def _filled(template: str, values: dict[str, Any]) -> str:
    """A placeholder within a string becomes text, any other JSON; moto omits the quotes."""

    def value(match: re.Match[str]) -> str:
        quoted, name = match.groups()
        if name:
            return json.dumps(values[name])
        return _PLACEHOLDER.sub(lambda inner: str(values[inner[1]]), quoted)

    return _QUOTED_OR_PLACEHOLDER.sub(value, template)
