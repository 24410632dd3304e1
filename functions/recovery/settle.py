"""The last state of every saga: inspect what is left, and record the outcome."""

from collections.abc import Mapping
from typing import Any

from slipway.saga.endings import endings
from slipway.wiring import clock, inspectors, store
from steps import PLAN


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, str]:
    """Event: `{workflow_id, execution, ending}`."""
    end = endings(PLAN, store(), inspectors, clock())[event["ending"]]
    end(event["workflow_id"], event["execution"])
    return {"workflow_id": event["workflow_id"]}
