"""The subject of the tests: a plan, its steps, a world for them, and a driver."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from slipway.messages.events import Event
from slipway.saga.binding import Steps, bound
from slipway.saga.driver import InProcessDriver
from slipway.saga.endings import Endings
from slipway.saga.finish import Inspector
from slipway.saga.memory import MemoryStore
from slipway.saga.plan import Plan
from slipway.saga.runner import Runner
from slipway.saga.state import Saga, WorkflowRecord
from slipway.saga.step import Behaviour, RunsSteps
from slipway.saga.store import Store


class World(Protocol):
    """The environment that steps act on: fakes or real services. Every cell creates a new one.

    If steps wait, a world may define `meanwhile()`, which advances their outside work. It is called
    while a task waits and after an execution has ended.
    """

    @property
    def ports(self) -> Mapping[str, object]:
        """The ports, by the keyword under which they are passed to the steps."""
        ...

    def snapshot(self) -> object:
        """Return a copy of the complete state, compared with `==`.

        Leave out what a rollback keeps on purpose.
        """
        ...


class Driver(Protocol):
    """Both return when the workflow has ended or waits for an operator, and raise if they fail."""

    def run(self, workflow_id: str, execution: str) -> None: ...
    def undo(self, workflow_id: str, execution: str) -> None: ...


Request = Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]
"""The request of every workflow, or a function that returns it for a given world."""
MakeDriver = Callable[[Plan, RunsSteps, Mapping[str, Behaviour], Endings], Driver]
MakeRunner = Callable[..., RunsSteps]
"""Called with the plan, the store and the clock, and with `tasks=` if steps wait; see `Runner`."""
MakeInspectors = Callable[[Any], Sequence[Inspector]]


@dataclass(frozen=True, eq=False)
class Subject:
    """A saga under test. `laws` builds it from its arguments; `laws_of` and `sequences` take it.

    `inspectors(world)` returns the saga's inspectors; without it snapshots are compared. `drive`,
    `store` and `runner` create the driver, the write table and the step runner. `also(saga,
    events)` checks more at the end of a cell, and raises AssertionError. `accept(world, record)`
    does what your command does before it writes a workflow, and returns the record to write.
    """

    plan: Plan
    steps: Steps
    world: Callable[[], World]
    request: Request
    inspectors: MakeInspectors | None = None
    drive: MakeDriver = InProcessDriver
    store: Callable[[], Store] = MemoryStore
    runner: MakeRunner = Runner
    also: Callable[[Saga, Sequence[Event]], object] | None = None
    accept: Callable[[Any, WorkflowRecord], WorkflowRecord] | None = None

    def behaviours(self, world: World) -> dict[str, Behaviour]:
        """The behaviours of the steps, bound to the ports of this world."""
        return bound(self.steps, world.ports)

    def asked(self, world: World) -> dict[str, Any]:
        """The validated request, as recorded. Raises pydantic's ValidationError."""
        given = self.request(world) if callable(self.request) else self.request
        return self.plan.request.model_validate(given).model_dump(mode="json")
