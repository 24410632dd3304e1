"""What is put to the test: a plan, its steps, a world for them, and what drives them."""

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
    """What steps act upon: fakes, or the real thing.

    Where steps wait it may have `meanwhile()`: time passes, and work that goes on outside comes
    nearer to its end. Called while a task waits and when an execution has ended.
    """

    @property
    def ports(self) -> Mapping[str, object]:
        """By the names under which the steps are given them."""
        ...

    def snapshot(self) -> object:
        """All that is there, less what a rollback keeps on purpose. Compared with `==`."""
        ...


class Driver(Protocol):
    """Both return when the workflow has ended, or waits for a person; or raise when they failed."""

    def run(self, workflow_id: str, execution: str) -> None: ...
    def undo(self, workflow_id: str, execution: str) -> None: ...


Request = Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]
"""What every workflow asks for, or a function of the world that says it."""
MakeDriver = Callable[[Plan, RunsSteps, Mapping[str, Behaviour], Endings], Driver]
MakeRunner = Callable[..., RunsSteps]
"""Takes the plan, the store and the clock; and `tasks`, as `Runner` does, where steps wait."""
MakeInspectors = Callable[[Any], Sequence[Inspector]]


@dataclass(frozen=True, eq=False)
class Subject:
    """`inspectors` of a world look for what is left in it; without them its snapshot is compared.

    `drive` makes the driver, `store` the write table, `runner` what runs a step. `also` is asked at
    the end of every cell, and raises AssertionError when the records are wrong. `accept` does what
    a command does with the world before it writes a workflow, and answers what is written.
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
        """Each with the ports of this world instead of its own."""
        return bound(self.steps, world.ports)

    def asked(self, world: World) -> dict[str, Any]:
        """The request as it is recorded. Raises pydantic's error for one that the plan refuses."""
        given = self.request(world) if callable(self.request) else self.request
        return self.plan.request.model_validate(given).model_dump(mode="json")
