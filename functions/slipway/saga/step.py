"""A step's two functions become two Lambda handlers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from slipway.saga.outcome import Outcome, Pending

Intent = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Behaviour:
    """What a step does, how it is undone, and what the undo needs to know beforehand.

    `look` asks what became of work that goes on outside, and begins nothing. `ports` are
    providers: they are called when the step runs, not when it is imported.
    """

    name: str
    execute: Callable[..., Outcome | Pending]
    compensate: Callable[..., None]
    intent: Intent | None = None
    look: Callable[..., Outcome | Pending] | None = None
    ports: Mapping[str, Callable[[], object]] = field(default_factory=dict)

    def built_ports(self) -> dict[str, object]:
        return {name: provide() for name, provide in self.ports.items()}


class RunsSteps(Protocol):
    """The runner, as the handlers see it."""

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None: ...
    def resume(self, behaviour: Behaviour, workflow_id: str) -> None: ...
    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None: ...


@dataclass(frozen=True)
class Execute:
    """Lambda handler. Event: `{workflow_id, execution}`, and `task_token` for one that waits."""

    behaviour: Behaviour
    runner: Callable[[], RunsSteps]

    def __call__(self, event: Mapping[str, Any], _context: object = None) -> dict[str, str]:
        self.runner().execute(self.behaviour, event["workflow_id"], event.get("task_token"))
        return {"workflow_id": event["workflow_id"]}

    def resume(self, workflow_id: str) -> None:
        """Something was heard of the step's work outside, or a minute has passed."""
        self.runner().resume(self.behaviour, workflow_id)


@dataclass(frozen=True)
class Compensate:
    """Lambda handler. Event: `{workflow_id, execution}`."""

    behaviour: Behaviour
    runner: Callable[[], RunsSteps]

    def __call__(self, event: Mapping[str, Any], _context: object = None) -> dict[str, str]:
        self.runner().compensate(self.behaviour, event["workflow_id"], event["execution"])
        return {"workflow_id": event["workflow_id"]}


def step(
    execute: Callable[..., Outcome | Pending],
    compensate: Callable[..., None],
    *,
    runner: Callable[[], RunsSteps],
    intent: Intent | None = None,
    look: Callable[..., Outcome | Pending] | None = None,
    **ports: Callable[[], object],
) -> tuple[Execute, Compensate]:
    """Bind a step to its ports. Its name is the name of the file that it stands in.

    All functions are called as `function(workflow, **ports)`; `intent` returns JSON.
    """
    name = execute.__module__.rpartition(".")[2]
    behaviour = Behaviour(name, execute, compensate, intent, look, ports)
    return Execute(behaviour, runner), Compensate(behaviour, runner)
