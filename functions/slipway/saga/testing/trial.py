"""A trial: one workflow in one world, driven with injected faults, on a clock set by the test."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from slipway.saga import finish, transitions
from slipway.saga.endings import Endings
from slipway.saga.finish import Inspector
from slipway.saga.parking import park
from slipway.saga.state import Cancel, ReceiptItem, Saga, Status, WorkflowRecord
from slipway.saga.step import RunsSteps
from slipway.saga.store import Change
from slipway.saga.testing.chronicle import Chronicle
from slipway.saga.testing.diary import Diary
from slipway.saga.testing.difference import differences, in_words
from slipway.saga.testing.escapes import StepEscaped
from slipway.saga.testing.faults import Aborted, Fault, Strike
from slipway.saga.testing.parking import Waits
from slipway.saga.testing.saboteur import Saboteur, mortal
from slipway.saga.testing.storage import FaultyStore
from slipway.saga.testing.subject import Driver, Subject
from slipway.saga.testing.waiting import waiting
from slipway.saga.update import update

ME = "wf_bbbbbbbbbbbbbbbbbbbbbbbb"
"""The id of the workflow under test; its first execution has the same name."""
NOW = datetime(2030, 3, 2, 12, tzinfo=UTC)
_LEASE_MARGIN = timedelta(minutes=5)
_PATIENCE = 3
"""How often the operator retries a parked undo before skipping it."""
_TARGET = "testing/target"


class Trial:
    """`decision` is the operator's on parked undos: skip, retry (after mending the fault), wait.

    `observed` attributes changes of the world to steps, by snapshots around their functions.
    """

    def __init__(self, subject: Subject, *, observed: bool = False) -> None:
        self.subject, self.plan = subject, subject.plan
        self.world = subject.world()
        self.behaviours = subject.behaviours(self.world)
        self.store = FaultyStore(subject.store())
        self.chronicle = Chronicle(self.world.snapshot) if observed else None
        self.now, self.diary, self.decision = NOW, Diary(self.chronicle), "skip"
        self.plain = waiting(subject, self.world, self.store, lambda: self.now, self.diary)
        self.strikes: dict[str, Strike] = {}
        self.saboteurs: list[Saboteur] = []
        self.before = self.world.snapshot()
        self.failure: BaseException | None = None
        self._depth = 0
        self._begun: set[str] = set()
        """Names of the undo-only executions that were started."""
        self._parked: Counter[str] = Counter()
        self.inspectors: list[Inspector] = list(
            subject.inspectors(self.world) if subject.inspectors else [self._compare]
        )

    @property
    def saga(self) -> Saga:
        self.store.armed = False
        return self.store.load(ME)

    @property
    def struck(self) -> int:
        return self.store.struck + sum(saboteur.struck for saboteur in self.saboteurs)

    @property
    def struck_runner(self) -> RunsSteps:
        return self.saboteurs[-1] if self.saboteurs else self.plain

    def sabotage(self, fault: Fault) -> None:
        self.saboteurs.append(
            Saboteur(self.struck_runner, fault, {**self._strikes(fault), **self.strikes})
        )

    def mend(self) -> None:
        """Stop injecting faults."""
        self.store.fault = None
        for saboteur in self.saboteurs:
            saboteur.mended = True

    def submit(self, workflow_id: str = ME) -> None:
        """Raises Conflict if the workflow exists, TargetLocked if another one holds the target."""
        record = WorkflowRecord(
            workflow_id=workflow_id,
            definition=self.plan.name,
            definition_version=self.plan.version,
            request=self.subject.asked(self.world),
            owner="anna",
            lock=_TARGET,
            created_at=self.now,
            updated_at=self.now,
        )
        if self.subject.accept:
            record = self.subject.accept(self.world, record)
        self.store.commit(transitions.requested(record, None, [step.name for step in self.plan]))

    def play(self, runner: RunsSteps | None = None) -> None:
        """Submit and run the workflow."""
        self.submit()
        self.run(runner)

    def run(self, runner: RunsSteps | None = None, execution: str = ME) -> None:
        """Run until the workflow ends, waits for an operator or fails; `failure` has the error."""
        self._drive(lambda driver: driver.run(ME, execution), runner or self.struck_runner)

    def succeed(self, workflow_id: str) -> None:
        """Run another workflow with the same request to its end, without step faults."""
        self.submit(workflow_id)
        self._drive(lambda driver: driver.run(workflow_id, workflow_id), self.plain, workflow_id)
        self.diary.forget()

    def restart(self, execution: str = "again") -> None:
        """Start another execution of the same workflow, without step faults."""
        self._drive(lambda driver: driver.run(ME, execution), self.plain)

    def undo(self, execution: str, runner: RunsSteps | None = None) -> None:
        """Run an execution that only undoes, as a rescue would."""
        self._begun.add(execution)
        self._drive(lambda driver: driver.undo(ME, execution), runner or self.plain)

    def rescue(self, execution: str = "rescue-1") -> None:
        self.wait()
        self.undo(execution)

    def wait(self) -> None:
        """Advance the clock until every undo lease has expired."""
        longest_s = max(step.undo_timeout_s for step in self.plan)
        self.now += timedelta(seconds=longest_s) + _LEASE_MARGIN

    def deliver(self, action: str, step: str, execution: str = ME) -> BaseException | None:
        """Deliver a step, a look or an undo once more; returns the error it raised, or None."""
        behaviour = self.behaviours[step]
        try:
            if action == "execute":
                record = self.store.seen(ME).steps.get(step)
                self.plain.execute(behaviour, ME, record.task_token if record else None)
            elif action == "look":
                self.plain.resume(behaviour, ME)
            else:
                self.plain.compensate(behaviour, ME, execution)
        except Exception as error:  # noqa: BLE001  (returned to the caller)
            return error
        return None

    def cancel(self) -> None:
        """Cancel as the command does: no effect if cancelled already, being undone or finished."""

        def decide(saga: Saga) -> Change | None:
            workflow = saga.workflow
            if workflow.cancel or workflow.status.is_terminal or workflow.status.is_undoing:
                return None
            asked = Cancel(reason="changed my mind", requested_at=self.now, requested_by="anna")
            return transitions.cancel_requested(saga, asked, None)

        update(self.store, ME, decide)

    def complete(self, workflow_id: str = ME) -> None:
        """Raises Rejected if a step is not done."""
        finish.complete(self.plan, self.store, workflow_id, lambda: self.now)

    def differs_from(self, world: object) -> str:
        """Describe how the world differs from `world`, with the steps responsible if observed."""
        changes = differences(world, self.world.snapshot())
        return self.chronicle.told(changes) if self.chronicle else in_words(changes)

    def culprit(self, world: object) -> str | None:
        """The step that caused the first difference, if observed."""
        changes = differences(world, self.world.snapshot())
        return self.chronicle.culprit(changes) if self.chronicle else None

    def _drive(
        self, go: Callable[[Driver], None], runner: RunsSteps, workflow_id: str = ME
    ) -> None:
        driver = self.subject.drive(self.plan, runner, self.behaviours, self._endings())
        self.store.armed = True
        self._depth += 1
        try:
            go(driver)
        except (Aborted, Waits, Exception) as error:  # noqa: BLE001  (the judge reads the saga)
            self.failure = error
        finally:
            self._depth -= 1
        if not self._depth and workflow_id == ME:
            self._start_what_is_asked_for(runner)
        if not self._depth:
            self._look_once_more(workflow_id)
        if self.diary.escaped and not self._depth:  # inside a step it would be undone
            raise StepEscaped(*self.diary.escaped)

    def _start_what_is_asked_for(self, runner: RunsSteps) -> None:
        """Start a requested undo execution, as the relay does on its event."""
        self.store.armed = False
        asked = self.store.seen(ME).workflow.execution
        if asked and asked not in self._begun:
            self.undo(asked, runner)

    def _look_once_more(self, workflow_id: str) -> None:
        """Poll after the end: no late effect may land. Not after leftovers, which must stay."""
        self.store.armed = False
        status = self.store.seen(workflow_id).workflow.status
        if not status.is_terminal or status is Status.COMPENSATED_WITH_LEFTOVERS:
            return
        with self.diary.closed():
            self.plain.look_once_more(self.behaviours, workflow_id)

    def _strikes(self, fault: Fault) -> Mapping[str, Strike]:
        return {
            "again": lambda: _ignored(self.deliver(fault.action, fault.step)),
            "overtaken": self.rescue,
            "timed-out": lambda: self.undo(ME),
            "second-pass": lambda: self._meanwhile(lambda: self.undo("rescue-1")),
            "restarted": lambda: self._meanwhile(self.restart),
            "cancelled": self.cancel,
        }

    def _meanwhile(self, execution: Callable[[], None]) -> None:
        """Run a second execution; if it finds an undo in flight and parks, no operator decides."""
        decision, self.decision = self.decision, "wait"
        execution()
        self.decision = decision

    def _endings(self) -> Endings:
        ends = Endings.of(self.plan, self.store, self.inspectors, self._park, lambda: self.now)
        return Endings(
            complete=lambda *args: mortal(lambda: ends.complete(*args)),
            settle=lambda *args: mortal(lambda: ends.settle(*args)),
            settle_unverified=lambda *args: mortal(lambda: ends.settle_unverified(*args)),
            park=ends.park,
        )

    def _park(self, step: str, workflow_id: str, _execution: str) -> str:
        where = self.plan, self.store, workflow_id, step
        mortal(lambda: park(*where, lambda: self.now))
        if self.decision == "wait":
            raise Waits
        self._parked[step] += 1
        if self.decision != "retry" or self._parked[step] > _PATIENCE:
            return "skip"
        self.mend()
        self.wait()
        return "retry"

    def _compare(self, _saga: Saga) -> list[ReceiptItem]:
        """The default inspector: compares snapshots of the world."""
        same = self.world.snapshot() == self.before
        state = "absent" if same else "leftover"
        return [ReceiptItem(kind="world", name="snapshot", step="-", state=state)]


def _ignored(_error: BaseException | None) -> None:
    """The error of a duplicate delivery goes to its own caller."""
