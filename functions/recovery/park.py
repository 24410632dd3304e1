"""Park an undo that keeps failing: record its error and task token until an operator decides."""

import logging
from collections.abc import Mapping
from typing import Any

from slipway.messages.clock import utc_now
from slipway.saga import Rejected
from slipway.saga.parking import park
from slipway.wiring import store
from steps import PLAN

PARKED = "undo_parked"
_log = logging.getLogger("slipway.recovery")


def handler(event: Mapping[str, Any], _context: object = None) -> None:
    """Event: `{workflow_id, execution, step, task_token}`.

    Raises Rejected when nobody would answer the token: the state machine continues with earlier
    undos.
    """
    where = PLAN, store(), event["workflow_id"], event["step"]
    if not park(*where, utc_now, event["task_token"], event["execution"]):
        raise Rejected("nothing_to_park", f"the undo of {event['step']} has finished")
    # The alarm counts these lines: infra/alarms.yaml.
    _log.warning(PARKED, extra={"workflow_id": event["workflow_id"], "step": event["step"]})
