"""Roll back a completed workflow: undo what it did and restore what ran before."""

from collections.abc import Callable
from datetime import datetime

from slipway.buses import command
from slipway.cqrs.effect import check_may_operate, take_effect
from slipway.cqrs.idempotency import inbox_for
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.messages.clock import utc_now
from slipway.messages.commands import RollBackWorkflow
from slipway.messages.views import Accepted
from slipway.saga import operations
from slipway.saga.environment import Environment
from slipway.saga.state import Rollback, Saga, Status, WorkflowRecord
from slipway.saga.store import Change, Store
from slipway.wiring import here, store

_EVENTS = 2  # undo requested, and undo begun


def rollback(
    command: RollBackWorkflow,
    call: Call,
    *,
    store: Store,
    here: Environment,
    now: Callable[[], datetime] = utc_now,
) -> Accepted:
    """Repeating it during the rollback changes nothing and returns the current version.

    Raises NotFound, TargetLocked, Superseded, Unavailable, Rejected("other_world"), or
    Refused("not_completed", "already_rolled_back").
    """

    def decide(saga: Saga) -> Change | None:
        workflow = saga.workflow
        check_may_operate(workflow, call)
        if workflow.rollback and not workflow.status.is_terminal:
            return None
        _check_completed(workflow)
        here.check(workflow)
        answer = Accepted(workflow_id=workflow.workflow_id, version=workflow.version + _EVENTS)
        asked = Rollback(reason=command.reason, requested_at=now(), requested_by=call.owner)
        return operations.rollback_requested(saga, asked, inbox_for(call, command, answer))

    return take_effect(store, call, command.workflow_id, decide)


def _check_completed(workflow: WorkflowRecord) -> None:
    if workflow.rollback:
        raise Refused(
            "already_rolled_back",
            f"the workflow was already rolled back: {workflow.status}",
            fix="there is nothing to roll back; GET its receipt to see the result",
        )
    if workflow.status is not Status.COMPLETED or workflow.execution:
        raise Refused(
            "not_completed",
            f"only a completed workflow can be rolled back; this one is {workflow.status}",
            fix="cancel a running workflow; one that was undone has nothing to roll back",
        )


handler = command(rollback, RollBackWorkflow, scope="workflows:write", store=store, here=here)
