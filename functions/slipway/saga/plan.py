"""The plan of a saga, as data: drivers run it, and the state machine is rendered from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel


@dataclass(frozen=True)
class Step:
    """One step of a plan. Times are in seconds; `retries` counts attempts after the first.

    `needs` names the ports that are passed to the step's functions; its permissions and settings
    are derived from them. An `irreversible` step's undo still runs, but the step is recorded as
    KEPT.

    Set `waits_s` if the step's work may continue after its function has returned: its task then
    waits up to `waits_s` for completion, and at most `heartbeat_s` between heartbeats.

    A `retired` step no longer runs forward. Keep it in its place, with its undo, as long as a
    workflow that started it may exist.
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
        """`build_image` → `BuildImage`: used in the names of its states and resources."""
        return "".join(word.capitalize() for word in self.name.split("_"))


@dataclass(frozen=True)
class Plan:
    """The steps of a saga in order. Change `version` when steps change or change their meaning.

    The current version must be able to undo every step of earlier versions: keep a removed step in
    its place, marked `retired`. A workflow that started under an earlier version continues only if
    `continues` lists that version; otherwise it is undone.
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
        """The steps that run forward, without retired ones. Undo covers all steps."""
        return tuple(step for step in self.steps if not step.retired)

    def continues_from(self, version: str) -> bool:
        return version in {self.version, *self.continues}

    def __getitem__(self, name: str) -> Step:
        return self.steps[self.number(name) - 1]

    def number(self, name: str) -> int:
        """The step's position, counted from 1; its record is stored under this number."""
        return self._numbers[name]
