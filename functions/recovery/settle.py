"""The last state of every saga: record the truth."""

from collections.abc import Callable, Mapping
from typing import Any

from slipway.saga import finish
from slipway.wiring import inspectors, store
from steps import PLAN

_ENDINGS: Mapping[str, Callable[[str], None]] = {
    "complete": lambda workflow_id: finish.complete(PLAN, store(), workflow_id),
    "settle": lambda workflow_id: finish.settle(store(), workflow_id, inspectors()),
    "settle_unverified": lambda workflow_id: finish.settle_unverified(
        store(), workflow_id, inspectors()
    ),
}


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, str]:
    """Event: `{workflow_id, execution, ending}`."""
    _ENDINGS[event["ending"]](event["workflow_id"])
    return {"workflow_id": event["workflow_id"]}
