"""Workflows that nobody drives any more: found by the index of open ones, and rescued."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from slipway.cqrs.outbox import Executions
from slipway.messages.sweeping import Rescued
from slipway.saga import Change, NotFound, Plan, Saga, Store, transitions
from slipway.saga.here import Here
from slipway.saga.update import update

_MARGIN_S = 300
_WHY = "nothing drives it: no progress, and its execution is not running"


def longest_silence(plan: Plan) -> timedelta:
    """Every attempt writes when it begins and when it ends: a longer silence is no step at work."""
    longest_s = max(max(step.timeout_s, step.undo_timeout_s) for step in plan)
    return timedelta(seconds=longest_s + _MARGIN_S)


def rescue_stuck(
    plan: Plan,
    store: Store,
    executions: Executions,
    now: Callable[[], datetime],
    here: Here,
    *,
    dry_run: bool,
) -> Iterator[Rescued]:
    """One that is parked waits for a person, as long as its execution does.

    One that acts elsewhere is told and left: an undo here would find nothing, and say so.
    """
    before = now() - longest_silence(plan)

    def decide(saga: Saga) -> Change | None:
        """Whoever changed it meanwhile, or ended it, has seen to it."""
        workflow = saga.workflow
        if workflow.is_over or workflow.updated_at >= before or dry_run:
            return None
        return transitions.undo_requested(saga, _WHY, now())

    for workflow_id in store.idle(before):
        try:
            saga = store.load(workflow_id)
        except NotFound:
            continue  # the index lags
        if saga.workflow.waits_for:
            continue  # for its turn at the target: it has no execution yet
        if saga.workflow.is_over or executions.is_running(saga.workflow.in_charge):
            continue
        if elsewhere := here.why_not(saga.workflow):
            yield Rescued(workflow_id=workflow_id, rescued=False, why=elsewhere)
            continue
        after = update(store, workflow_id, decide, saga)
        done = after.workflow.execution != saga.workflow.execution
        if done or dry_run:
            yield Rescued(workflow_id=workflow_id, rescued=done, why=_WHY)
