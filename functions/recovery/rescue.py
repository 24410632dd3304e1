"""Rescue a workflow whose execution died: request its undo by another execution."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slipway.messages.clock import utc_now
from slipway.saga import Change, NotFound, Saga, Store, transitions
from slipway.saga.environment import Environment
from slipway.saga.execution_names import workflow_of
from slipway.saga.update import update
from slipway.wiring import here, store

REASONS: Mapping[str, str] = {
    "FAILED": "its execution failed",
    "TIMED_OUT": "its execution ran out of time",
    "ABORTED": "its execution was stopped",
}
_log = logging.getLogger("slipway.rescue")
_UNDO_REQUESTED = "slipway.workflow.undo_requested"
_MAX_FRUITLESS_UNDOS = 3
"""After this many executions in a row without progress, only a sweep requests another one."""


def rescue(
    execution: str,
    reason: str,
    store: Store,
    now: Callable[[], datetime] = utc_now,
    here: Environment = Environment(),  # noqa: B008  (frozen)
) -> bool:
    """Return whether an undo was requested: not if the workflow is finished or was taken over.

    Idempotent: the same death may be reported several times, early or late. A workflow that acts on
    another engine or cluster is left to a sweep there, and every sweep reports it until then.
    """
    asked = False

    def decide(saga: Saga) -> Change | None:
        nonlocal asked
        workflow = saga.workflow
        asked = workflow.in_charge == execution and not workflow.is_over
        asked = asked and not _was_fruitless(saga, store)
        if asked and (why := here.why_not(workflow)):
            _log.warning("not_rescued", extra={"workflow_id": workflow.workflow_id, "why": why})
            asked = False
        return transitions.undo_requested(saga, reason, now()) if asked else None

    try:
        update(store, workflow_of(execution), decide)
    except NotFound:
        return False  # an execution without a workflow, started by hand
    return asked


def _was_fruitless(saga: Saga, store: Store) -> bool:
    """Otherwise a state machine that cannot begin would be restarted forever, at full speed."""
    last = store.events(
        saga.workflow.workflow_id, after=max(0, saga.workflow.version - _MAX_FRUITLESS_UNDOS)
    )
    return len(last) == _MAX_FRUITLESS_UNDOS and all(
        event.type == _UNDO_REQUESTED for event in last
    )


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, bool]:
    """Event: EventBridge's `Step Functions Execution Status Change`."""
    detail = event["detail"]
    return {"rescued": rescue(detail["name"], REASONS[detail["status"]], store(), here=here())}
