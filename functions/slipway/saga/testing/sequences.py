"""Stateful property tests: random sequences of commands, faults and time, by Hypothesis.

```python
TestOrders = sequences(Subject(plan=ORDERS, steps=STEPS, world=FakeWorld, request=KETTLE))
```

Every run draws other sequences. Each sequence ends undone: what completes is rolled back. One that
breaks a law is shrunk and reported as the lines that reproduce it, with the seed of its run.
"""

from collections.abc import Callable
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from slipway.saga.state import Saga, Status
from slipway.saga.testing.cells import Ground
from slipway.saga.testing.cells_of_rollbacks import put_in_charge, roll_back
from slipway.saga.testing.faults import KINDS, WHEN, Fault, StorageFault
from slipway.saga.testing.judgement import (
    check_completed,
    check_never_forward_again,
    check_receipt,
    check_records,
    check_undone,
    check_world_as,
    expect_same,
    judged,
)
from slipway.saga.testing.subject import Subject
from slipway.saga.testing.trial import ME, Trial

if TYPE_CHECKING:
    from hypothesis import settings

_MEANWHILE = ("aborted", "again", "cancelled", "timed-out", "restarted", "second-pass")
_LATE = {"timed-out", "second-pass"}
"""Faults that let a step land after its undo. Not combined with storage faults.

A step that cannot read whether it is late leaves an effect that only a sweep finds.
"""
_STORAGE = ("throttled", "outage", "lost", "killed", "aborted")
_MOST_STORAGE_CALLS = 40


class Story:
    """One workflow and the events of its sequence. The laws are checked after every event."""

    def __init__(self, ground: Ground) -> None:
        with ground.observed():
            self.ground, self.trial = ground, ground.trial()
        self.trial.decision = "wait"
        self.trial.submit()
        self._executions = [ME]
        self._ended: Saga | None = None

    def start(self, fault: Fault | None, storage: StorageFault | None) -> None:
        """Run the saga with these faults; they are mended afterwards."""
        execution = self._disturbed(fault, storage)
        self.trial.run(execution=execution)
        self.trial.mend()

    def rescue(self, fault: Fault | None, storage: StorageFault | None) -> None:
        execution = self._disturbed(fault, storage)
        if self.trial.saga.workflow.rollback:
            self._given_to(put_in_charge)
        else:
            self.trial.undo(execution, self.trial.struck_runner)
            self.trial.mend()

    def roll_back(self, fault: Fault | None, storage: StorageFault | None) -> None:
        """Roll back the workflow on request, if it has completed."""
        if self.trial.saga.workflow.status is Status.COMPLETED:
            self._ended = None
            self._disturbed(fault, storage)
            self._given_to(roll_back)

    def deliver_again(self, number: int) -> None:
        """Deliver again a step that was started, or an undo that was."""
        saga = self.trial.saga
        begun = [("execute", name) for name in saga.steps]
        undone = [("compensate", step.name) for step in saga.steps.values() if step.undo]
        if deliveries := begun + undone:
            self.trial.deliver(*deliveries[number % len(deliveries)], self._executions[-1])

    def decide(self, decision: str) -> None:
        """Set the operator's decision on undos that are parked from now on."""
        self.trial.decision = decision

    def cancel(self) -> None:
        self.trial.cancel()

    def wait(self) -> None:
        self.trial.wait()

    def check(self) -> None:
        saga, events = self.trial.saga, self.trial.store.events(ME)
        check_records(saga, events)
        check_never_forward_again(self.trial)
        if self._ended:
            expect_same(self.trial, 12, self._ended)
        if saga.workflow.status is Status.COMPLETED:
            check_completed(saga)
            check_world_as(self.trial, self.ground.completed)
        elif saga.workflow.status.is_terminal:
            check_receipt(self.trial, saga)
        if saga.workflow.status.is_terminal:
            self._ended = saga

    def end(self) -> None:
        """Without further faults, and with an operator who retries, everything must end undone."""
        self.trial.decision = "retry"
        self.wait()
        self.rescue(None, None)
        self.check()
        has_completed = self.trial.saga.workflow.status is Status.COMPLETED
        self.roll_back(None, None)
        self.check()
        judge = check_undone if has_completed else judged
        judge(self.trial)

    def _given_to(self, begin: Callable[[Trial], None]) -> None:
        """Start a new undo-only execution; its name is on record."""
        begin(self.trial)
        self.trial.mend()
        self._executions[-1] = self.trial.saga.workflow.in_charge

    def _disturbed(self, fault: Fault | None, storage: StorageFault | None) -> str:
        self.trial.saboteurs.clear()
        if fault:
            self.trial.sabotage(fault)
        late = fault and fault.kind in _LATE and fault.action == "execute"
        self.trial.store.calls.clear()
        self.trial.store.fault = None if late else storage
        self._executions.append(f"run-{len(self._executions)}")
        return self._executions[-1]


def sequences(
    subject: Subject, settings: "settings | None" = None, seed: int | str | None = None
) -> Any:
    """Build a test case for pytest or unittest. Requires Hypothesis.

    `seed` repeats the sequences of a run. Without one it is drawn at random, unless `settings` set
    `derandomize`. The default `settings` are those of Hypothesis for state machines, without its
    explain phase, which would run about a hundred more sequences.
    """
    from hypothesis.stateful import (  # noqa: PLC0415  (optional dependency)
        RuleBasedStateMachine,
        initialize,
        invariant,
        rule,
    )

    ground = Ground(subject)

    class Sequences(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.story = Story(ground)

        @invariant()
        def laws_are_kept(self) -> None:
            self.story.check()

        def teardown(self) -> None:
            self.story.end()

    rules = _rules(ground)
    Sequences.begin = _rule("start", initialize(**rules["start"]))
    for name, drawn in rules.items():
        setattr(Sequences, name, _rule(name, rule(**drawn)))
    Sequences.TestCase.settings = settings or _unexplained(Sequences)
    if seed is None and not (settings and settings.derandomize):
        seed = f"{SystemRandom().randrange(16**8):08x}"
    return _seeded(Sequences, seed) if seed is not None else Sequences.TestCase


def _unexplained(sequences: Any) -> "settings":
    from hypothesis import Phase, settings  # noqa: PLC0415  (optional dependency)

    usual = sequences.TestCase.settings
    return settings(usual, phases=[each for each in usual.phases if each is not Phase.explain])


def _seeded(sequences: Any, drawn: int | str) -> Any:
    from hypothesis import seed  # noqa: PLC0415  (optional dependency)

    play: Callable[[Any], None] = seed(drawn)(sequences).TestCase.runTest

    def run(self: Any) -> None:
        try:
            play(self)
        except Exception as error:
            error.add_note(f"sequences(..., seed={drawn!r}) replays the same sequences")
            raise

    sequences.TestCase.runTest = run
    return sequences.TestCase


def _rules(ground: Ground) -> dict[str, dict[str, Any]]:
    """The events of a sequence, with the Hypothesis strategies for their arguments."""
    from hypothesis import strategies as st  # noqa: PLC0415  (optional dependency)

    trouble = {"fault": st.none() | _faults(st, ground), "storage": st.none() | _storage(st)}
    return {
        "start": trouble,
        "rescue": trouble,
        "roll_back": trouble,
        "deliver_again": {"number": st.integers(0, 20)},
        "decide": {"decision": st.sampled_from(["wait", "retry", "skip"])},
        "cancel": {},
        "wait": {},
    }


def _rule(name: str, decorate: Any) -> Any:
    def tell(machine: Any, **given: Any) -> None:
        getattr(machine.story, name)(**given)

    tell.__name__ = name
    return decorate(tell)


def _faults(st: Any, ground: Ground) -> Any:
    return st.builds(
        Fault,
        step=st.sampled_from(ground.steps),
        kind=st.sampled_from([*KINDS, *_MEANWHILE]),
        when=st.sampled_from(WHEN),
        action=st.sampled_from(["execute", "compensate"]),
        times=st.sampled_from([1, 2]),
    )


def _storage(st: Any) -> Any:
    return st.builds(
        StorageFault,
        number=st.integers(1, _MOST_STORAGE_CALLS),
        kind=st.sampled_from(_STORAGE),
        when=st.sampled_from(WHEN),
    )
