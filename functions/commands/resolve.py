"""Resolve a parked undo: retry it, skip it, or record that it was done by hand."""

from collections.abc import Callable
from datetime import datetime

from slipway.buses import command
from slipway.cqrs.effect import check_may_operate, take_effect
from slipway.cqrs.idempotency import inbox_for
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.messages.clock import utc_now
from slipway.messages.commands import ResolveStep
from slipway.messages.views import Accepted
from slipway.saga import operations
from slipway.saga.state import Decision, Resolution, Saga, Status, StepRecord, StepStatus
from slipway.saga.store import Change, Store
from slipway.wiring import store
from steps import PLAN


def resolve(
    command: ResolveStep,
    call: Call,
    *,
    store: Store,
    now: Callable[[], datetime] = utc_now,
) -> Accepted:
    """Record the decision; the relay of its event passes it to the waiting execution.

    Repeating a decision changes nothing; of two operators the first one decides. Raises NotFound,
    Unavailable, or Refused("no_such_step", "not_parked", "already_resolved", "already_finished").
    """

    def decide(saga: Saga) -> Change | None:
        workflow = saga.workflow
        check_may_operate(workflow, call)
        record = _record(saga, command.step)
        if record.status is not StepStatus.UNDO_PARKED:
            _check_decided(record, command)
            return None
        if workflow.status.is_terminal:
            raise _too_late(workflow.status)
        answer = Accepted(workflow_id=workflow.workflow_id, version=workflow.version + 1)
        resolution = Resolution(
            decision=Decision(command.decision),
            reason=command.reason,
            decided_at=now(),
            decided_by=call.owner,
        )
        inbox = inbox_for(call, command, answer)
        return operations.resolved(saga, record, resolution, inbox)

    return take_effect(store, call, command.workflow_id, decide)


def _record(saga: Saga, step: str) -> StepRecord:
    if step not in {each.name for each in PLAN}:
        raise Refused(
            "no_such_step",
            f"there is no step {step}",
            field="step",
            fix=f"one of {', '.join(each.name for each in PLAN)}",
        )
    return saga.step(step, PLAN.number(step))


def _check_decided(record: StepRecord, command: ResolveStep) -> None:
    resolution = record.undo.resolution if record.undo else None
    if resolution is None:
        raise Refused(
            "not_parked",
            f"{record.name} is not waiting for a decision: it is {record.status}",
            field="step",
            fix="GET the workflow: a step that waits for a decision is UNDO_PARKED",
        )
    if resolution.decision != command.decision:
        raise Refused(
            "already_resolved",
            f"{resolution.decided_by} has already decided on {record.name}: {resolution.decision}",
            field="decision",
            fix="GET the workflow to see the result",
        )


def _too_late(status: Status) -> Refused:
    """Nobody decided in time: earlier undos ran without this one, and the outcome is recorded."""
    return Refused(
        "already_finished",
        f"no operator decided in time; the workflow has ended: {status}",
        fix="remove the resources in its receipt manually",
    )


handler = command(resolve, ResolveStep, scope="workflows:operate", store=store)
