"""An execution died and could not say so itself: another one undoes what its workflow had begun."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slipway.messages.clock import utc_now
from slipway.saga import Change, NotFound, Saga, Store, transitions
from slipway.saga.execution_names import workflow_of
from slipway.saga.here import Here
from slipway.saga.update import update
from slipway.wiring import here, store

REASONS: Mapping[str, str] = {
    "FAILED": "its execution failed",
    "TIMED_OUT": "its execution ran out of time",
    "ABORTED": "its execution was stopped",
}
_log = logging.getLogger("slipway.rescue")
_UNDO_REQUESTED = "slipway.workflow.undo_requested"
_IN_VAIN = 3
"""After so many executions in a row that wrote nothing, the next one is the sweep's to ask for."""


def rescue(
    execution: str,
    reason: str,
    store: Store,
    now: Callable[[], datetime] = utc_now,
    here: Here = Here(),  # noqa: B008  (frozen)
) -> bool:
    """Whether an undo was asked for: not when the workflow is over or another one is in charge.

    So the same death may be told several times, early or late. One that acted elsewhere is left
    to a sweep there, and told by each sweep until then.
    """
    asked = False

    def decide(saga: Saga) -> Change | None:
        nonlocal asked
        workflow = saga.workflow
        asked = workflow.in_charge == execution and not workflow.is_over
        asked = asked and not _was_in_vain(saga, store)
        if asked and (why := here.why_not(workflow)):
            _log.warning("not_rescued", extra={"workflow_id": workflow.workflow_id, "why": why})
            asked = False
        return transitions.undo_requested(saga, reason, now()) if asked else None

    try:
        update(store, workflow_of(execution), decide)
    except NotFound:
        return False  # an execution that somebody started by hand, of no workflow
    return asked


def _was_in_vain(saga: Saga, store: Store) -> bool:
    """A machine that cannot even begin would otherwise be started for ever, at full speed."""
    last = store.events(saga.workflow.workflow_id, after=max(0, saga.workflow.version - _IN_VAIN))
    return len(last) == _IN_VAIN and all(event.type == _UNDO_REQUESTED for event in last)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, bool]:
    """Event: EventBridge's `Step Functions Execution Status Change`."""
    detail = event["detail"]
    return {"rescued": rescue(detail["name"], REASONS[detail["status"]], store(), here=here())}
