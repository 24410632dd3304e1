"""Records the port calls of each step, from which the cells are generated."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from slipway.saga.step import Behaviour, RunsSteps
from slipway.saga.testing.interception import intercepted

T = TypeVar("T")


class Witness:
    """A runner that records port calls by action and step: those of the last attempt."""

    def __init__(self, runner: RunsSteps) -> None:
        self._runner = runner
        self.calls: dict[tuple[str, str], list[str]] = defaultdict(list)

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        watched = self._each_look_watched(self._watched(behaviour, "execute"))
        self._runner.execute(watched, workflow_id, task_token)

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        self._runner.resume(behaviour, workflow_id)

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        self._runner.compensate(self._watched(behaviour, "compensate"), workflow_id, execution)

    def _each_look_watched(self, behaviour: Behaviour) -> Behaviour:
        """Record each look separately: the last one is the one that found the work done."""

        def look(*given: Any, **ports: Any) -> Any:
            watched = self._watched(behaviour, "look")
            return watched.look and watched.look(*given, **ports)

        return replace(behaviour, look=behaviour.look and look)

    def _watched(self, behaviour: Behaviour, action: str) -> Behaviour:
        noted = self.calls[action, behaviour.name]
        noted.clear()

        def note(name: str, call: Callable[[], T]) -> T:
            noted.append(name)
            return call()

        return intercepted(behaviour, action, note)
