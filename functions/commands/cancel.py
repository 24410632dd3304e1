"""Cancel a workflow: stop it and undo what it did."""

from collections.abc import Callable
from datetime import datetime

from slipway.buses import command
from slipway.cqrs.effect import check_may_operate, take_effect
from slipway.cqrs.idempotency import inbox_for
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.messages.clock import utc_now
from slipway.messages.commands import CancelWorkflow
from slipway.messages.views import Accepted
from slipway.saga import transitions
from slipway.saga.state import Cancel, Saga
from slipway.saga.store import Change, Store
from slipway.wiring import store


def cancel(
    command: CancelWorkflow,
    call: Call,
    *,
    store: Store,
    now: Callable[[], datetime] = utc_now,
) -> Accepted:
    """Cancelling again, or during the undo, changes nothing and returns the current version.

    Raises NotFound, Unavailable, or Refused("already_finished").
    """

    def decide(saga: Saga) -> Change | None:
        workflow = saga.workflow
        check_may_operate(workflow, call)
        if workflow.status.is_terminal:
            raise Refused(
                "already_finished",
                f"the workflow has ended: {workflow.status}",
                fix="there is nothing to cancel; GET the workflow to see how it ended",
            )
        if workflow.cancel or workflow.status.is_undoing:
            return None
        answer = Accepted(workflow_id=workflow.workflow_id, version=workflow.version + 1)
        asked = Cancel(reason=command.reason, requested_at=now(), requested_by=call.owner)
        return transitions.cancel_requested(saga, asked, inbox_for(call, command, answer))

    return take_effect(store, call, command.workflow_id, decide)


handler = command(cancel, CancelWorkflow, scope="workflows:write", store=store)
