"""Binds a step's execute and compensate functions to their ports, as two Lambda handlers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from slipway.saga.outcome import Outcome, Pending

Intent = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Behaviour:
    """The functions of a step and the providers of its ports.

    `intent` returns JSON that is recorded before the step acts, for retries and the undo. `look`
    polls work that continues outside the function, and must not start any. `ports` holds providers,
    which are called when the step runs, not on import.
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
    """The runner's interface for handlers and drivers."""

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None: ...
    def resume(self, behaviour: Behaviour, workflow_id: str) -> None: ...
    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None: ...


@dataclass(frozen=True)
class Execute:
    """Lambda handler. Event: `{workflow_id, execution}`, plus `task_token` if the step waits."""

    behaviour: Behaviour
    runner: Callable[[], RunsSteps]

    def __call__(self, event: Mapping[str, Any], _context: object = None) -> dict[str, str]:
        self.runner().execute(self.behaviour, event["workflow_id"], event.get("task_token"))
        return {"workflow_id": event["workflow_id"]}

    def resume(self, workflow_id: str) -> None:
        """Check on the step's outside work, after an event about it or on a schedule."""
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
    """Build the two Lambda handlers of a step, which is named after the module of `execute`.

    All functions are called as `function(workflow, **ports)`; `intent` returns a JSON object.
    """
    name = execute.__module__.rpartition(".")[2]
    behaviour = Behaviour(name, execute, compensate, intent, look, ports)
    return Execute(behaviour, runner), Compensate(behaviour, runner)
