"""A cell of the matrix: one thing that goes wrong in one place, and what must be true after it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from slipway.saga.driver import InProcessDriver
from slipway.saga.memory import MemoryStore
from slipway.saga.testing.faults import WHEN, Fault
from slipway.saga.testing.subject import Subject
from slipway.saga.testing.trial import Trial
from slipway.saga.testing.witness import Witness

Judge = Callable[[Trial], str]
"""Answers how the workflow ended. Raises LawBroken."""


@dataclass(frozen=True)
class Cell:
    """`check` plays and judges it: answers how it ended, raises LawBroken."""

    law: int
    name: str
    check: Callable[[], str] = field(compare=False)

    def __str__(self) -> str:
        return f"law-{self.law:02}-{self.name}"


@dataclass(frozen=True, eq=False)
class Ground:
    """A subject, and what is known of it when nothing goes wrong."""

    subject: Subject

    @property
    def steps(self) -> list[str]:
        return [step.name for step in self.subject.plan]

    @property
    def rollback(self) -> Fault:
        """Undoes everything: what comes before is done, and every undo runs."""
        return Fault(self.steps[-1], "rejected", "after")

    @cached_property
    def completed(self) -> object:
        """The world after a saga that nothing disturbed."""
        trial = self.trial()
        trial.play()
        return trial.world.snapshot()

    @cached_property
    def calls(self) -> Mapping[tuple[str, str], list[str]]:
        """The calls of ports, by action and step."""
        trial = self._known(self.rollback)
        witness = Witness(trial.saboteurs[-1])
        trial.play(witness)
        return witness.calls

    @property
    def patient(self) -> bool:
        """Whether every step is tried again."""
        return all(step.retries and step.undo_retries for step in self.subject.plan)

    def trial(self, *faults: Fault) -> Trial:
        trial = Trial(self.subject)
        for fault in faults:
            trial.sabotage(fault)
        return trial

    def storage_calls(self, *faults: Fault) -> list[str]:
        """Of a whole saga with these faults."""
        trial = self._known(*faults)
        trial.play()
        return trial.store.calls

    def _known(self, *faults: Fault) -> Trial:
        """Cells are generated before any other driver is there to ask, and are the same for all."""
        return Ground(replace(self.subject, drive=InProcessDriver, store=MemoryStore)).trial(
            *faults
        )

    def at_every_call(
        self, kind: str, action: str = "execute", times: int | None = None
    ) -> Iterator[Fault]:
        for step in self.steps:
            for number, label in enumerate(self.calls[action, step], start=1):
                for when in WHEN:
                    yield Fault(step, kind, when, action, number, times, label)

    def at_every_step(
        self, kind: str, action: str = "execute", times: int | None = None
    ) -> Iterator[Fault]:
        for step in self.steps:
            for when in WHEN:
                yield Fault(step, kind, when, action, times=times)

    def cell(self, law: int, *faults: Fault, judge: Judge) -> Cell:
        """The whole saga with these faults: the last one names the cell, and has to strike."""

        def check() -> str:
            trial = self.trial(*faults)
            trial.play()
            assert trial.saboteurs[-1].struck, f"{faults[-1]} never struck"  # noqa: S101  (a cell that tests nothing must be seen)
            return judge(trial)

        return Cell(law, str(faults[-1]), check)
