"""Runs one step, or its undo, once: load, check the fence, note the intent, act, record."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from slipway.saga import transitions
from slipway.saga.errors import Rejected, StepError, Unavailable, UndoInFlight, Undoing
from slipway.saga.lease import Holds, term_of, until_it_expires
from slipway.saga.outcome import Outcome
from slipway.saga.plan import Plan
from slipway.saga.state import Failure, Saga, Status, StepRecord, StepStatus
from slipway.saga.step import Behaviour
from slipway.saga.stopping import stop_signal
from slipway.saga.store import Change, Store, TargetLocked
from slipway.saga.update import update
from slipway.saga.workflow import Workflow

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Runner:
    """Three storage calls per step: load, INTENT, DONE."""

    def __init__(
        self, plan: Plan, store: Store, now: Clock = utc_now, holds: Holds = until_it_expires
    ) -> None:
        self._plan = plan
        self._store = store
        self._now = now
        self._holds = holds

    def execute(self, behaviour: Behaviour, workflow_id: str) -> None:
        """Raises Rejected or Unavailable, after the reason was recorded."""
        saga = self._store.load(workflow_id)
        _refuse_forward(saga)
        record = self._record(saga, behaviour)
        if record.status is StepStatus.DONE:
            return
        try:
            ports = behaviour.built_ports()
            saga = self._intend(behaviour, saga, ports)
            outcome = behaviour.execute(self._workflow(saga, behaviour), **ports)
        except Exception as error:
            # Also a defect of the step is on record before it goes on its way.
            self._fail(behaviour, workflow_id, error, first=record.status is StepStatus.PENDING)
            raise
        self._finish(behaviour, saga, outcome)

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        """Raises what the undo raised, after the reason was recorded."""
        saga = self._begin_undo(behaviour, workflow_id, execution)
        begun = self._record(saga, behaviour).status is StepStatus.UNDO_INTENT
        if saga.workflow.has_replaced(execution) or not begun:
            return
        try:
            behaviour.compensate(self._workflow(saga, behaviour), **behaviour.built_ports())
        except Exception as error:
            failure = _failure(error)
            self._change(
                behaviour, saga, lambda s, r: transitions.undo_failed(s, r, failure, self._now())
            )
            raise
        ended = transitions.kept if self._plan[behaviour.name].irreversible else transitions.undone
        self._change(behaviour, saga, lambda s, r: ended(s, r, self._now()))

    def _intend(self, behaviour: Behaviour, saga: Saga, ports: Mapping[str, object]) -> Saga:
        record = self._record(saga, behaviour)
        intent: Mapping[str, Any] | None = record.intent
        if intent is None:
            workflow = self._workflow(saga, behaviour)
            intent = behaviour.intent(workflow, **ports) if behaviour.intent else {}
        noted = intent

        def decide(now: Saga) -> Change:
            _refuse_forward(now)
            return transitions.intended(now, self._record(now, behaviour), noted, self._now())

        return update(self._store, saga.workflow.workflow_id, decide, saga)

    def _finish(self, behaviour: Behaviour, saga: Saga, outcome: Outcome) -> None:
        def decide(now: Saga) -> Change | None:
            record = self._record(now, behaviour)
            if now.workflow.is_fenced or record.status is StepStatus.DONE:
                return None
            return transitions.done(now, record, outcome, self._now())

        saga = update(self._store, saga.workflow.workflow_id, decide, saga)
        if saga.workflow.is_fenced:
            self._undo_late_effect(behaviour, saga)
            raise Rejected("fenced", f"{behaviour.name} finished after its undo had begun")

    def _fail(
        self, behaviour: Behaviour, workflow_id: str, error: Exception, *, first: bool
    ) -> None:
        """An attempt that proves itself clean proves nothing about an earlier one."""
        failure = _failure(error)
        retried = isinstance(error, Unavailable)

        def decide(now: Saga) -> Change | None:
            record = self._record(now, behaviour)
            if now.workflow.is_fenced or record.status is StepStatus.DONE:
                return None
            never_began = record.status is StepStatus.PENDING
            clean = never_began or (first and failure.clean)
            why = failure.model_copy(update={"clean": clean})
            record_it = transitions.attempt_failed if retried else transitions.failed
            return record_it(now, record, why, self._now())

        saga = update(self._store, workflow_id, decide)
        # FAILED was written just now, by us; any other undoing state is a fence that we ran past.
        if saga.workflow.status.is_undoing and self._record(saga, behaviour).undo:
            self._undo_late_effect(behaviour, saga)

    def _undo_late_effect(self, behaviour: Behaviour, saga: Saga) -> None:
        behaviour.compensate(self._workflow(saga, behaviour), **behaviour.built_ports())

    def _begin_undo(self, behaviour: Behaviour, workflow_id: str, execution: str) -> Saga:
        term = term_of(self._plan[behaviour.name])

        def turn(now: Saga) -> Change | None:
            # Completed although nobody heard of it: only a rollback on request undoes that.
            if now.workflow.status.is_undoing or now.workflow.status is Status.COMPLETED:
                return None
            if now.workflow.has_replaced(execution):
                return None
            return self._turn(now, self._failing(now, behaviour))

        def fence(now: Saga) -> Change | None:
            record = self._record(now, behaviour)
            if now.workflow.status.is_terminal or not _needs_undo(record):
                return None
            if now.workflow.has_replaced(execution):
                return None
            self._refuse_second_pass(now, execution)
            return transitions.undo_intended(now, record, (execution, term), self._now())

        saga = update(self._store, workflow_id, turn)
        return update(self._store, workflow_id, fence, saga)

    def _failing(self, saga: Saga, behaviour: Behaviour) -> StepRecord:
        """The step that was under way; an undo-only execution begins behind it."""
        under_way = (step for step in saga.steps.values() if step.status is StepStatus.INTENT)
        return next(under_way, self._record(saga, behaviour))

    def _turn(self, saga: Saga, record: StepRecord) -> Change:
        """The step did not get to record its failure itself, or never failed at all."""
        if record.error:
            return transitions.failed(saga, record, record.error, self._now())
        if record.status is StepStatus.INTENT and not saga.workflow.cancel:
            died = Failure(
                code="interrupted",
                message=f"{record.name} stopped without a word: out of time, or killed",
            )
            return transitions.failed(saga, record, died, self._now())
        return transitions.turned(saga, self._now())

    def _refuse_second_pass(self, saga: Saga, execution: str) -> None:
        lease = saga.workflow.lease
        if lease and lease.holder != execution and self._holds(lease, self._now()):
            raise UndoInFlight("undo_in_flight", f"{lease.holder} is undoing this workflow")

    def _change(
        self, behaviour: Behaviour, saga: Saga, decide: Callable[[Saga, StepRecord], Change]
    ) -> None:
        update(
            self._store,
            saga.workflow.workflow_id,
            lambda now: decide(now, self._record(now, behaviour)),
            saga,
        )

    def _record(self, saga: Saga, behaviour: Behaviour) -> StepRecord:
        return saga.step(behaviour.name, self._plan.number(behaviour.name))

    def _workflow(self, saga: Saga, behaviour: Behaviour) -> Workflow[Any]:
        aggregate = saga.workflow
        return Workflow(
            id=aggregate.workflow_id,
            owner=aggregate.owner,
            request=self._plan.request.model_validate(aggregate.request),
            record=self._record(saga, behaviour),
            saga=saga,
            stop_requested=stop_signal(self._store, saga),
        )


def _refuse_forward(saga: Saga) -> None:
    """Law 12: once undoing has begun, no step runs forward again."""
    if saga.workflow.is_fenced:
        raise Undoing("undoing", "this workflow is being undone or was undone", clean=True)
    if saga.workflow.cancel:
        raise Undoing("cancelled", saga.workflow.cancel.reason, clean=True)


def _needs_undo(record: StepRecord) -> bool:
    return record.may_have_acted and not record.undo_is_over


def _failure(error: Exception) -> Failure:
    if isinstance(error, StepError):
        return Failure(code=error.code, message=error.message, fix=error.fix, clean=error.clean)
    if isinstance(error, TargetLocked):
        return Failure(code="target_lost", message=f"{error.holder} has the deployment target")
    return Failure(code="defect", message=f"{type(error).__name__}: {error}")
