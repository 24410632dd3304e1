"""The last state of every saga: record the truth."""

from collections.abc import Callable, Mapping
from typing import Any

from slipway.saga import finish
from slipway.wiring import inspectors, store
from steps import PLAN

_ENDINGS: Mapping[str, Callable[[str, str], None]] = {
    "complete": lambda workflow_id, _: finish.complete(PLAN, store(), workflow_id),
    "settle": lambda workflow_id, execution: finish.settle(
        store(), workflow_id, inspectors(), execution=execution
    ),
    "settle_unverified": lambda workflow_id, execution: finish.settle_unverified(
        store(), workflow_id, inspectors(), execution=execution
    ),
}


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, str]:
    """Event: `{workflow_id, execution, ending}`."""
    _ENDINGS[event["ending"]](event["workflow_id"], event["execution"])
    return {"workflow_id": event["workflow_id"]}
