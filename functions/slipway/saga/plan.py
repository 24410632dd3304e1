"""What a saga is made of, as data: everything that is rendered or driven is read from here."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel


@dataclass(frozen=True)
class Step:
    """One step of a plan. Times in seconds; `retries` counts the tries after the first.

    `needs` names the ports that the step's functions are given: permissions and settings follow
    from them. An `irreversible` step has no undo: it is recorded as kept.

    `waits_s` is given to a step whose work may go on when its function has ended: so long its task
    waits for the word, and for `heartbeat_s` at most without a sign of life.

    A `retired` step is begun no more. It keeps its place and its undo for as long as there may be
    a workflow that began it.
    """

    name: str
    timeout_s: int
    retries: int = 2
    undo_timeout_s: int = 120
    undo_retries: int = 5
    needs: tuple[str, ...] = ()
    irreversible: bool = False
    retired: bool = False
    waits_s: int | None = None
    heartbeat_s: int = 300
    memory_mb: int = 512
    disk_mb: int = 512

    @property
    def title(self) -> str:
        """`build_image` → `BuildImage`: the name of its states and resources."""
        return "".join(word.capitalize() for word in self.name.split("_"))


@dataclass(frozen=True)
class Plan:
    """The order of the steps. Raise `version` when they are others, or mean something else.

    Every step of an earlier version has to be undone by this one: leave it in its place, retired.
    A workflow that began under an earlier version goes on only if `continues` names that version;
    otherwise it is undone.
    """

    name: str
    version: str
    request: type[BaseModel]
    steps: tuple[Step, ...]
    continues: tuple[str, ...] = ()
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = {step.name: number for number, step in enumerate(self.steps, start=1)}
        if len(numbers) != len(self.steps):
            raise ValueError(f"plan {self.name!r}: two steps have one name; give each its own")
        if not self.forward:
            raise ValueError(f"plan {self.name!r} has no step to begin; give it a Step")
        object.__setattr__(self, "_numbers", numbers)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def forward(self) -> tuple[Step, ...]:
        """The steps that are begun; all of them are undone."""
        return tuple(step for step in self.steps if not step.retired)

    def continues_from(self, version: str) -> bool:
        return version in {self.version, *self.continues}

    def __getitem__(self, name: str) -> Step:
        return self.steps[self.number(name) - 1]

    def number(self, name: str) -> int:
        """Count from 1: the number under which the step's record is stored."""
        return self._numbers[name]
