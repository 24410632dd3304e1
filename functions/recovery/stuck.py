"""Find stuck workflows, which no execution drives, by the index of open ones; rescue them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway.cqrs.outbox import Executions
from slipway.messages.sweeping import Rescued
from slipway.saga import Change, NotFound, Plan, Saga, Store, WorkflowRecord, transitions
from slipway.saga.environment import Environment
from slipway.saga.target_admission import admit_next
from slipway.saga.update import update

_MARGIN_S = 300
_WHY = "no progress and no running execution"
_ITS_TURN = "the target is free but the queued workflow was not admitted"


def longest_silence(plan: Plan) -> timedelta:
    """Every attempt writes when it begins and ends: no running step is silent for longer."""
    longest_s = max(max(step.timeout_s, step.undo_timeout_s) for step in plan)
    return timedelta(seconds=longest_s + _MARGIN_S)


@dataclass(frozen=True)
class Rescuer:
    """Rescues workflows that no execution drives. A dry run only reports them."""

    plan: Plan
    store: Store
    executions: Executions
    here: Environment
    now: Callable[[], datetime]
    dry_run: bool

    def suspects(self) -> Sequence[str]:
        return self.store.idle(self._before())

    def rescue_if_stuck(self, workflow_id: str) -> Rescued | None:
        """Rescue the workflow if it is stuck. A parked one waits while its execution runs.

        One that acts on another engine or cluster is only reported: an undo here would find
        nothing.
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
        return self._report(workflow_id, _WHY, done=after.execution != workflow.execution)

    def _decide(self, saga: Saga) -> Change | None:
        """A workflow that was changed or finished since needs no rescue."""
        workflow = saga.workflow
        if workflow.is_over or workflow.updated_at >= self._before() or self.dry_run:
            return None
        return transitions.undo_requested(saga, _WHY, self.now())

    def _let_in(self, workflow: WorkflowRecord) -> Rescued | None:
        """Admit a workflow whose target became free when the admission was lost."""
        me, target = workflow.workflow_id, self.store.target(workflow.lock or "")
        if target.holder or target.waiting[:1] != (me,):
            return None
        if elsewhere := self.here.why_not(workflow):
            return Rescued(workflow_id=me, rescued=False, why=elsewhere)
        let_in = not self.dry_run and admit_next(self.store, target.target, self.now)
        return self._report(me, _ITS_TURN, done=let_in)

    def _report(self, workflow_id: str, why: str, *, done: bool) -> Rescued | None:
        if not (done or self.dry_run):
            return None
        return Rescued(workflow_id=workflow_id, rescued=done, why=why)

    def _before(self) -> datetime:
        return self.now() - longest_silence(self.plan)
