"""An undo that keeps failing waits for a person; the reason and the key to go on are on record."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slipway.saga import Change, Rejected, Saga, StepRecord, Store, transitions
from slipway.saga.runner import utc_now
from slipway.saga.update import update
from slipway.wiring import store
from steps import PLAN

PARKED = "undo_parked"
_log = logging.getLogger("slipway.recovery")


def park(
    workflow_id: str,
    step: str,
    task_token: str,
    store: Store,
    now: Callable[[], datetime] = utc_now,
    execution: str | None = None,
) -> bool:
    """Whether there is something to wait for. Parking twice is parking once, the newer token wins.

    An undo may be over although its function could not say so: then nobody is asked. Nor is
    anybody when another execution is in charge by now.
    """

    def is_over(saga: Saga) -> bool:
        return _is_over(saga, step) or saga.workflow.has_replaced(execution)

    def decide(saga: Saga) -> Change | None:
        record = _record(saga, step)
        if is_over(saga) or (record.undo and record.undo.task_token == task_token):
            return None
        return transitions.parked(saga, record, task_token, now())

    return not is_over(update(store, workflow_id, decide))


def _record(saga: Saga, step: str) -> StepRecord:
    return saga.step(step, PLAN.number(step))


def _is_over(saga: Saga, step: str) -> bool:
    return saga.workflow.status.is_terminal or _record(saga, step).undo_is_over


def handler(event: Mapping[str, Any], _context: object = None) -> None:
    """Event: `{workflow_id, execution, step, task_token}`.

    Raises Rejected when nobody would answer the token: the machine goes on with earlier undos.
    """
    told = (event["workflow_id"], event["step"], event["task_token"])
    if not park(*told, store(), execution=event["execution"]):
        raise Rejected("nothing_to_park", f"the undo of {event['step']} is over")
    # The alarm counts these lines: infra/alarms.yaml.
    _log.warning(PARKED, extra={"workflow_id": event["workflow_id"], "step": event["step"]})
