"""An undo that keeps failing waits for a person; the reason and the key to go on are on record."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slipway.saga import Change, Saga, StepStatus, Store, transitions
from slipway.saga.runner import utc_now
from slipway.saga.update import update
from slipway.wiring import store
from steps import PLAN


def park(
    workflow_id: str,
    step: str,
    task_token: str,
    store: Store,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Parking twice is parking once, with the newer token."""

    def decide(saga: Saga) -> Change | None:
        record = saga.step(step, PLAN.number(step))
        parked = record.status is StepStatus.UNDO_PARKED
        if saga.workflow.status.is_terminal or (
            parked and record.undo and record.undo.task_token == task_token
        ):
            return None
        return transitions.parked(saga, record, task_token, now())

    update(store, workflow_id, decide)


def handler(event: Mapping[str, Any], _context: object = None) -> None:
    """Event: `{workflow_id, execution, step, task_token}`."""
    park(event["workflow_id"], event["step"], event["task_token"], store())
