"""Runs sagas inside your own process: start, cancel, roll back, rescue."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any
from uuid import uuid4

from slipway.messages.clock import utc_now
from slipway.saga import operations, transitions
from slipway.saga.binding import Steps, bound
from slipway.saga.driver import InProcessDriver
from slipway.saga.endings import Endings
from slipway.saga.errors import Rejected, UndoInFlight
from slipway.saga.finish import Inspector
from slipway.saga.memory import MemoryStore
from slipway.saga.parking import park
from slipway.saga.plan import Plan
from slipway.saga.plan_validation import validate_plan
from slipway.saga.runner import Runner
from slipway.saga.state import Cancel, Decision, Resolution, Rollback, Saga, Status, WorkflowRecord
from slipway.saga.step import Behaviour
from slipway.saga.store import Change, Store
from slipway.saga.update import update

Decide = Callable[[str, str], Decision]
"""Decides about an undo that keeps failing, given the workflow id and the step's name."""
_LONGEST_PAUSE_S = 10.0


def skip(_workflow_id: str, _step: str) -> Decision:
    """Continue with the other undos; the receipt lists the step's resources as left over."""
    return Decision.SKIP


def backoff(tries: int) -> None:
    time.sleep(min(0.25 * 2**tries, _LONGEST_PAUSE_S))


class _LeaseWaiter:
    """Waits for another execution's undo lease without consuming undo retries."""

    def __init__(self, runner: Runner, between_tries: Callable[[int], None]) -> None:
        self._runner, self._between_tries = runner, between_tries
        self.execute, self.resume = runner.execute, runner.resume

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        for tries in count(1):
            try:
                self._runner.compensate(behaviour, workflow_id, execution)
            except UndoInFlight:
                self._between_tries(tries)
            else:
                return


@dataclass(frozen=True, eq=False)
class Sagas:
    """Runs the sagas of one plan. Step timeouts are not enforced: a function cannot be stopped.

    `ports` are passed to the steps by name. `inspectors` report what is left after an undo. With a
    store that outlives the process, `rescue` undoes what a crashed process left unfinished.

    A step that raises Unavailable and an undo that fails are retried as often as the plan says,
    after 0.5, 1, 2, 4, 8 and then every 10 s. With the default of five undo retries, `decide` is
    called 15.5 s after the first failure. Pass `between_tries` to wait differently.

    Raises InvalidPlan, a ValueError that names the step and the fix, if plan, steps and ports
    do not fit.
    """

    plan: Plan
    steps: Steps
    ports: Mapping[str, object]
    store: Store = field(default_factory=MemoryStore)
    inspectors: Sequence[Inspector] = ()
    decide: Decide = skip
    between_tries: Callable[[int], None] = backoff
    now: Callable[[], datetime] = utc_now

    def __post_init__(self) -> None:
        validate_plan(self.plan, self.steps, self.ports)

    def run(
        self, request: Mapping[str, Any], *, owner: str = "-", workflow_id: str | None = None
    ) -> Saga:
        """Run a saga to its end: COMPLETED, or undone with the cause in `workflow.error`.

        If a rescue has taken over, returns the saga as it stands; its undo may still be running.

        Raises pydantic's ValidationError for an invalid request, Conflict if `workflow_id` is
        taken.
        """
        asked = self.plan.request.model_validate(request).model_dump(mode="json")
        record = WorkflowRecord(
            workflow_id=workflow_id or f"wf_{uuid4().hex}",
            definition=self.plan.name,
            definition_version=self.plan.version,
            request=asked,
            owner=owner,
            created_at=self.now(),
            updated_at=self.now(),
        )
        self.store.commit(transitions.requested(record, None, [step.name for step in self.plan]))
        self._driver.run(record.workflow_id)
        return self.store.load(record.workflow_id)

    def cancel(self, workflow_id: str, reason: str) -> Saga:
        """Request a cancel, from any thread; the undo starts before the next step would.

        Does nothing if the workflow has ended or is being undone.
        """

        def decide(saga: Saga) -> Change | None:
            workflow = saga.workflow
            if workflow.cancel or workflow.status.is_terminal or workflow.status.is_undoing:
                return None
            asked = Cancel(reason=reason, requested_at=self.now(), requested_by=workflow.owner)
            return transitions.cancel_requested(saga, asked, None)

        return update(self.store, workflow_id, decide)

    def rollback(self, workflow_id: str, reason: str) -> Saga:
        """Undo a completed workflow of this plan. Raises Rejected for any other."""

        def decide(saga: Saga) -> Change:
            workflow = self._mine(saga).workflow
            if workflow.status is not Status.COMPLETED:
                raise Rejected("not_completed", f"{workflow_id} is {workflow.status}")
            asked = Rollback(reason=reason, requested_at=self.now(), requested_by=workflow.owner)
            return operations.rollback_requested(saga, asked, None)

        return self._undone(update(self.store, workflow_id, decide))

    def rescue(self, workflow_id: str) -> Saga:
        """Undo a workflow that never finished, e.g. after a crash; a finished one stays as it is.

        Waits while another thread or process may still be running an undo. Of concurrent calls the
        last one takes over; the others return the saga as it stands. Raises Rejected for a saga of
        another plan.
        """

        def decide(saga: Saga) -> Change | None:
            if self._mine(saga).workflow.is_over:
                return None
            return transitions.undo_requested(saga, "it never finished", self.now())

        return self._undone(update(self.store, workflow_id, decide))

    @cached_property
    def _driver(self) -> InProcessDriver:
        runner = Runner(self.plan, self.store, self.now, relayed=False)
        behaviours = bound(self.steps, self.ports)
        endings = Endings.of(self.plan, self.store, self.inspectors, self._park, self.now)
        waiter = _LeaseWaiter(runner, self.between_tries)
        return InProcessDriver(self.plan, waiter, behaviours, endings, self.between_tries)

    def _mine(self, saga: Saga) -> Saga:
        """Raises Rejected unless this plan can undo every step that was started."""
        workflow, known = saga.workflow, {step.name for step in self.plan}
        if strange := [name for name in saga.steps if name not in known]:
            what = f"the plan has no {', '.join(strange)}, which {workflow.workflow_id} started"
            raise Rejected("other_plan", what, fix="keep the step in the plan, retired")
        if workflow.definition != self.plan.name:
            what = (
                f"{workflow.workflow_id} belongs to {workflow.definition}, not to {self.plan.name}"
            )
            raise Rejected("other_plan", what, fix="use the Sagas of that plan")
        return saga

    def _undone(self, saga: Saga) -> Saga:
        """Undo as the execution in charge: the runner ignores every other."""
        workflow = saga.workflow
        if not workflow.is_over:
            self._driver.undo(workflow.workflow_id, workflow.in_charge)
        return self.store.load(workflow.workflow_id)

    def _park(self, step: str, workflow_id: str, execution: str) -> Decision:
        where = self.plan, self.store, workflow_id, step
        if not park(*where, self.now, execution=execution):
            return Decision.DONE
        decision, reason = self._decided(workflow_id, step)
        self._resolve(workflow_id, step, decision, reason)
        return decision

    def _decided(self, workflow_id: str, step: str) -> tuple[Decision, str | None]:
        """Without a valid decision the step is skipped, and the receipt records the error."""
        try:
            return Decision(self.decide(workflow_id, step)), None
        except Exception as error:  # noqa: BLE001  (a callback must not stop the undo)
            return Decision.SKIP, f"decide failed: {error!r}"

    def _resolve(self, workflow_id: str, step: str, decision: Decision, why: str | None) -> None:
        def decide(saga: Saga) -> Change:
            record = saga.step(step, self.plan.number(step))
            resolution = Resolution(
                decision=decision, reason=why, decided_at=self.now(), decided_by="the program"
            )
            return operations.resolved(saga, record, resolution, None)

        update(self.store, workflow_id, decide)
