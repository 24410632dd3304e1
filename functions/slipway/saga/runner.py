"""Runs one attempt of a step or its undo: load, check the fence, record intent, act, record."""

from collections.abc import Callable, Mapping
from typing import Any

from slipway.messages.clock import Clock, utc_now
from slipway.saga import transitions
from slipway.saga.errors import Rejected, Unavailable, Undoing
from slipway.saga.failures import logged_failure
from slipway.saga.fence import outdated, refuse_forward
from slipway.saga.full_undo import full_undo_requested
from slipway.saga.lease import Holds, refuse_second_pass, term_of, until_it_expires
from slipway.saga.outcome import Outcome, Pending, answered
from slipway.saga.plan import Plan
from slipway.saga.state import Saga, Status, StepRecord, StepStatus
from slipway.saga.step import Behaviour
from slipway.saga.stopping import stop_signal
from slipway.saga.store import Change, Store
from slipway.saga.tasks import NoTasks, Tasks, with_heartbeat
from slipway.saga.undoing import undo, undo_late_effect
from slipway.saga.update import update
from slipway.saga.workflow import Workflow

Ports = Mapping[str, object]


class Runner:
    """Makes three storage calls per step: load, INTENT, DONE. `tasks` is called when one waits.

    `relayed`: a relay starts the undo executions that events request.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        now: Clock = utc_now,
        holds: Holds = until_it_expires,
        tasks: Callable[[], Tasks] = NoTasks,
        *,
        relayed: bool = True,
    ) -> None:
        self._plan = plan
        self._store = store
        self._now = now
        self._tasks = tasks
        self._holds = holds
        self._relayed = relayed

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        """Raises the step's error after recording it, or Undoing if no step may run forward.

        With a token, the task waits: it is completed here if the step is done, otherwise by
        `resume`.
        """
        saga = self._store.load(workflow_id)
        self._refuse_forward(saga)
        if self._attempt(behaviour, saga, task_token) and task_token:
            self._tasks().succeed(task_token)

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        """Poll a waiting step, record the result and report it to its task. Idempotent."""
        saga = self._store.load(workflow_id)
        token = self._record(saga, behaviour).task_token
        if token is None:
            return
        try:
            ended = self._looked(behaviour, saga)
        except Exception as error:
            self._tasks().fail(token, error)
            if not isinstance(error, Rejected):
                raise
        else:
            (self._tasks().succeed if ended else self._tasks().heartbeat)(token)

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        """Raises the undo's error after recording it, or UndoInFlight while another one runs."""
        saga = self._begin_undo(behaviour, workflow_id, execution)
        begun = self._record(saga, behaviour).status is StepStatus.UNDO_INTENT
        if saga.workflow.has_replaced(execution) or not begun:
            return
        try:
            undo(behaviour, self._workflow(saga, behaviour))
        except Exception as error:
            failure = logged_failure("undo_failed", workflow_id, behaviour.name, error)
            self._change(
                behaviour, saga, lambda s, r: transitions.undo_failed(s, r, failure, self._now())
            )
            raise
        ended = transitions.kept if self._plan[behaviour.name].irreversible else transitions.undone
        self._change(behaviour, saga, lambda s, r: ended(s, r, self._now()))

    def _attempt(self, behaviour: Behaviour, saga: Saga, task_token: str | None) -> bool:
        """Returns True if the step is done, False if its work continues outside."""
        workflow_id, before = saga.workflow.workflow_id, self._record(saga, behaviour).status
        if before is StepStatus.DONE:
            return True
        try:
            ports = behaviour.built_ports()
            saga = self._intend(behaviour, saga, ports, task_token)
            did = behaviour.execute(self._workflow(saga, behaviour), **ports)
            outcome = answered(behaviour.name, did)
        except Exception as error:
            # Record unexpected exceptions too, then re-raise.
            self._fail(behaviour, workflow_id, error, first=before is StepStatus.PENDING)
            raise
        return self._finish(behaviour, saga, outcome)

    def _looked(self, behaviour: Behaviour, saga: Saga) -> bool:
        """Returns whether the step is done. Raises the error with which its task fails."""
        record = self._record(saga, behaviour)
        if saga.workflow.is_fenced and record.undo is None:
            raise Undoing("undoing", "this workflow is being undone")
        self._refuse_late(behaviour, saga)
        if record.status is StepStatus.DONE or behaviour.look is None:
            return record.status is StepStatus.DONE
        try:
            self._refuse_forward(saga)
            found = behaviour.look(self._workflow(saga, behaviour), **behaviour.built_ports())
            outcome = answered(behaviour.name, found)
        except Exception as error:
            self._fail(behaviour, saga.workflow.workflow_id, error, first=False)
            raise
        return self._finish(behaviour, saga, outcome)

    def _refuse_forward(self, saga: Saga) -> None:
        refuse_forward(self._plan, saga.workflow)

    def _intend(self, behaviour: Behaviour, saga: Saga, ports: Ports, token: str | None) -> Saga:
        record = self._record(saga, behaviour)
        intent: Mapping[str, Any] | None = record.intent
        if intent is None:
            workflow = self._workflow(saga, behaviour)
            intent = behaviour.intent(workflow, **ports) if behaviour.intent else {}
        noted = intent

        def decide(now: Saga) -> Change:
            self._refuse_forward(now)
            record = self._record(now, behaviour)
            return transitions.intended(now, record, noted, self._now(), token)

        return update(self._store, saga.workflow.workflow_id, decide, saga)

    def _finish(self, behaviour: Behaviour, saga: Saga, outcome: Outcome | Pending) -> bool:
        workflow_id = saga.workflow.workflow_id
        if isinstance(outcome, Pending):
            self._refuse_late(behaviour, self._store.load(workflow_id))
            return False

        def decide(now: Saga) -> Change | None:
            record = self._record(now, behaviour)
            if now.workflow.is_fenced or record.status is StepStatus.DONE:
                return None
            return transitions.done(now, record, outcome, self._now())

        self._refuse_late(behaviour, update(self._store, workflow_id, decide, saga))
        return True

    def _refuse_late(self, behaviour: Behaviour, saga: Saga) -> None:
        if saga.workflow.is_fenced:
            self._undo_late_effect(behaviour, saga)
            raise Rejected("fenced", f"{behaviour.name} finished after its undo had begun")

    def _fail(
        self, behaviour: Behaviour, workflow_id: str, error: Exception, *, first: bool
    ) -> None:
        """Record the failure. That this attempt was clean says nothing about earlier attempts."""
        failure = logged_failure("step_failed", workflow_id, behaviour.name, error)
        retried = isinstance(error, Unavailable)

        def decide(now: Saga) -> Change | None:
            record = self._record(now, behaviour)
            if now.workflow.is_fenced or record.status is StepStatus.DONE:
                return None
            never_began = record.status is StepStatus.PENDING
            if never_began and now.workflow.cancel:
                return None  # not a failure of this step: the undo records the cancel
            clean = never_began or (first and failure.clean)
            why = failure.evolve(clean=clean)
            record_it = transitions.attempt_failed if retried else transitions.failed
            return record_it(now, record, why, self._now())

        saga = update(self._store, workflow_id, decide)
        # Our own FAILED leaves the step without an undo; with one, another execution fenced us off.
        if saga.workflow.status.is_undoing and self._record(saga, behaviour).undo:
            self._undo_late_effect(behaviour, saga)

    def _undo_late_effect(self, behaviour: Behaviour, saga: Saga) -> None:
        undo_late_effect(behaviour, self._workflow(saga, behaviour))

    def _begin_undo(self, behaviour: Behaviour, workflow_id: str, execution: str) -> Saga:
        term = term_of(self._plan[behaviour.name])

        def full_undo(now: Saga) -> Change | None:
            plan, step = self._plan, behaviour.name
            return full_undo_requested(plan, now, step, self._now()) if self._relayed else None

        def turn(now: Saga) -> Change | None:
            # The workflow completed but the acknowledgement was lost; do not undo it.
            turned = now.workflow.status.is_undoing or now.workflow.status is Status.COMPLETED
            if turned or now.workflow.has_replaced(execution):
                return None
            why = outdated(self._plan, now.workflow)
            return transitions.turned_by(now, self._failing(now, behaviour), self._now(), why)

        def fence(now: Saga) -> Change | None:
            record = self._record(now, behaviour)
            over = now.workflow.status.is_terminal or now.workflow.has_replaced(execution)
            if over or not record.needs_undo:
                return None
            refuse_second_pass(now, execution, self._holds, self._now())
            return transitions.undo_intended(now, record, (execution, term), self._now())

        saga = update(self._store, workflow_id, full_undo)
        saga = update(self._store, workflow_id, turn, saga)
        return update(self._store, workflow_id, fence, saga)

    def _failing(self, saga: Saga, behaviour: Behaviour) -> StepRecord:
        """The step in INTENT, or else this one: an undo-only execution starts at the last step."""
        under_way = (step for step in saga.steps.values() if step.status is StepStatus.INTENT)
        return next(under_way, self._record(saga, behaviour))

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
        stop_requested = stop_signal(self._store, saga)
        if token := self._record(saga, behaviour).task_token:
            stop_requested = with_heartbeat(stop_requested, lambda: self._tasks().heartbeat(token))
        return Workflow(
            id=aggregate.workflow_id,
            owner=aggregate.owner,
            request=self._plan.request.model_validate(aggregate.request),
            step=behaviour.name,
            stop_requested=stop_requested,
            _saga=saga,
        )
