"""A cell of the matrix: one fault in one place, and what must be true afterwards."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from slipway.saga.state import Saga
from slipway.saga.testing.baseline import BaselineBroken, Flaw, check_completes, known
from slipway.saga.testing.faults import WHEN, Fault, StorageFault
from slipway.saga.testing.subject import Subject
from slipway.saga.testing.trial import Trial
from slipway.saga.testing.witness import Witness
from slipway.saga.testing.wording import cause, failing_undos

Judge = Callable[[Trial], str]
"""Returns how the workflow ended. Raises LawBroken."""


class NeverStruck(AssertionError):  # noqa: N818  (named by the condition)
    """The saga never reached the place of the fault, so that the cell tests nothing."""

    def __init__(self, fault: Fault | StorageFault, saga: Saga) -> None:
        why = failing_undos(saga) or cause(saga)
        super().__init__(
            f"{why}; so {fault} never took effect, and the saga ended {saga.workflow.status}"
        )
        self.by = fault.step if isinstance(fault, Fault) else None


@dataclass(frozen=True)
class Cell:
    """`check` runs and judges the cell: returns how the workflow ended, or raises LawBroken."""

    law: int
    name: str
    check: Callable[[], str] = field(compare=False)

    def __str__(self) -> str:
        return f"law-{self.law:02}-{self.name}"


@dataclass(eq=False)
class Ground:
    """A subject and what is known of its undisturbed run; builds the cells."""

    subject: Subject
    flaw: Flaw | None = None
    _observed: bool = field(default=False, init=False)

    @property
    def steps(self) -> list[str]:
        """The steps that run forward. What a retired one did is unknown, so it has no cells."""
        return [step.name for step in self.subject.plan.forward]

    @property
    def waiting(self) -> list[str]:
        """The steps that are polled while their work continues outside."""
        return [step for step in self.steps if self.calls.get(("look", step)) is not None]

    @property
    def rollback(self) -> Fault:
        """The fault that undoes everything: the last step fails after it has acted."""
        return Fault(self.steps[-1], "rejected", "after")

    @cached_property
    def completed(self) -> object:
        """The world after an undisturbed saga."""
        trial = self.trial()
        check_completes(trial)
        return trial.world.snapshot()

    def stand(self) -> None:
        """Raises BaselineBroken if an undisturbed saga does not complete."""
        if self.flaw:
            raise BaselineBroken(self.flaw, told=True)
        try:
            _ = self.completed
        except Flaw as flaw:
            self.flaw = flaw
            raise BaselineBroken(self.flaw) from None

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Within this block, trials take snapshots around every call of a step's function."""
        self._observed = True
        try:
            yield
        finally:
            self._observed = False

    @cached_property
    def calls(self) -> Mapping[tuple[str, str], list[str]]:
        """The port calls, by action and step."""
        trial = self._known(self.rollback)
        witness = Witness(trial.saboteurs[-1])
        trial.play(witness)
        return witness.calls

    def is_tried_again(self, fault: Fault) -> bool:
        """Whether the plan retries what this fault strikes."""
        step = self.subject.plan[fault.step]
        return bool(step.undo_retries if fault.action == "compensate" else step.retries)

    @property
    def has_patient_undos(self) -> bool:
        """Whether the plan retries every undo."""
        return all(step.undo_retries for step in self.subject.plan.forward)

    def trial(self, *faults: Fault) -> Trial:
        trial = Trial(self.subject, observed=self._observed)
        for fault in faults:
            trial.sabotage(fault)
        return trial

    def storage_calls(self, *faults: Fault) -> list[str]:
        """The names of the storage calls of a whole saga with these faults."""
        trial = self._known(*faults)
        trial.play()
        return trial.store.calls

    def _known(self, *faults: Fault) -> Trial:
        return Ground(known(self.subject)).trial(*faults)

    def at_every_call(
        self, kind: str, action: str = "execute", times: int | None = None
    ) -> Iterator[Fault]:
        for step in self._struck(action):
            for number, label in enumerate(self.calls.get((action, step), []), start=1):
                for when in WHEN:
                    yield Fault(step, kind, when, action, number, times, label)

    def at_every_step(
        self, kind: str, action: str = "execute", times: int | None = None
    ) -> Iterator[Fault]:
        for step in self._struck(action):
            for when in WHEN:
                yield Fault(step, kind, when, action, times=times)

    def _struck(self, action: str) -> list[str]:
        return self.waiting if action == "look" else self.steps

    def cell(self, law: int, *faults: Fault, judge: Judge) -> Cell:
        """Run the whole saga with these faults: the last one names the cell, and must strike."""

        def check() -> str:
            trial = self.trial(*faults)
            trial.play()
            if not trial.saboteurs[-1].struck:
                raise NeverStruck(faults[-1], trial.saga)
            return judge(trial)

        return Cell(law, str(faults[-1]), check)
