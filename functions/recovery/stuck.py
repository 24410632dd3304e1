"""Workflows that nobody drives any more: found by the index of open ones, and rescued."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway.cqrs.outbox import Executions
from slipway.messages.sweeping import Rescued
from slipway.saga import Change, NotFound, Plan, Saga, Store, WorkflowRecord, transitions
from slipway.saga.here import Here
from slipway.saga.turn import admit_next
from slipway.saga.update import update

_MARGIN_S = 300
_WHY = "nothing drives it: no progress, and its execution is not running"
_ITS_TURN = "its target is free, and nobody has let it in"


def longest_silence(plan: Plan) -> timedelta:
    """Every attempt writes when it begins and when it ends: a longer silence is no step at work."""
    longest_s = max(max(step.timeout_s, step.undo_timeout_s) for step in plan)
    return timedelta(seconds=longest_s + _MARGIN_S)


@dataclass(frozen=True)
class Rescuer:
    """Of workflows that nobody drives. In a dry run it says what it would do."""

    plan: Plan
    store: Store
    executions: Executions
    here: Here
    now: Callable[[], datetime]
    dry_run: bool

    def suspects(self) -> Sequence[str]:
        return self.store.idle(self._before())

    def look_after(self, workflow_id: str) -> Rescued | None:
        """One that is parked waits for a person, as long as its execution does.

        One that acts elsewhere is told and left: an undo here would find nothing, and say so.
        """
        try:
            saga = self.store.load(workflow_id)
        except NotFound:
            return None  # the index lags
        workflow = saga.workflow
        if workflow.waits_for and not (workflow.cancel or workflow.is_fenced):
            return self._let_in(workflow)  # it has no execution yet
        if workflow.is_over or self.executions.is_running(workflow.in_charge):
            return None
        if elsewhere := self.here.why_not(workflow):
            return Rescued(workflow_id=workflow_id, rescued=False, why=elsewhere)
        after = update(self.store, workflow_id, self._decide, saga).workflow
        return self._told(workflow_id, _WHY, done=after.execution != workflow.execution)

    def _decide(self, saga: Saga) -> Change | None:
        """Whoever changed it meanwhile, or ended it, has seen to it."""
        workflow = saga.workflow
        if workflow.is_over or workflow.updated_at >= self._before() or self.dry_run:
            return None
        return transitions.undo_requested(saga, _WHY, self.now())

    def _let_in(self, workflow: WorkflowRecord) -> Rescued | None:
        """Its target became free, and the word of that was lost."""
        me, target = workflow.workflow_id, self.store.target(workflow.lock or "")
        if target.holder or target.waiting[:1] != (me,):
            return None
        if elsewhere := self.here.why_not(workflow):
            return Rescued(workflow_id=me, rescued=False, why=elsewhere)
        let_in = not self.dry_run and admit_next(self.store, target.target, self.now)
        return self._told(me, _ITS_TURN, done=let_in)

    def _told(self, workflow_id: str, why: str, *, done: bool) -> Rescued | None:
        if not (done or self.dry_run):
            return None
        return Rescued(workflow_id=workflow_id, rescued=done, why=why)

    def _before(self) -> datetime:
        return self.now() - longest_silence(self.plan)
