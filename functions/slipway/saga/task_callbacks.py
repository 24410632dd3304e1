"""In-memory task callbacks for tests and the in-process driver."""

import itertools
from collections.abc import Callable


class HeartbeatTimeout(Exception):  # noqa: N818  (the state machine's name for it)
    """A waiting task received neither a result nor a heartbeat."""


def nobody_comes(_workflow_id: str) -> None:
    """The default `meanwhile`: does nothing, so that a waiting task times out."""


class TaskCallbacks:
    """Implements `Tasks`. `meanwhile(workflow_id)` is called repeatedly while a task waits.

    It lets simulated time pass and polls the work, as events and a schedule would. A task times out
    if one call brings neither a result nor a heartbeat.
    """

    def __init__(self, meanwhile: Callable[[str], None] = nobody_comes) -> None:
        self.meanwhile = meanwhile
        self._numbers = itertools.count(1)
        self._results: dict[str, Exception | None] = {}
        self._waiting: set[str] = set()
        self._heartbeats = 0

    def token(self) -> str:
        token = f"token-{next(self._numbers)}"
        self._waiting.add(token)
        return token

    def succeed(self, token: str) -> None:
        self._complete(token, None)

    def fail(self, token: str, error: Exception) -> None:
        self._complete(token, error)

    def heartbeat(self, token: str) -> None:
        if token in self._waiting:
            self._heartbeats += 1

    def has_result(self, token: str) -> bool:
        return token in self._results

    def wait(
        self, token: str, workflow_id: str, meanwhile: Callable[[str], None] | None = None
    ) -> None:
        """Wait for the task's result. Raises its error, or HeartbeatTimeout.

        `meanwhile` replaces the default for this task.
        """
        pass_time = meanwhile or self.meanwhile
        while token not in self._results:
            heartbeats = self._heartbeats
            pass_time(workflow_id)
            if token not in self._results and self._heartbeats == heartbeats:
                self._waiting.discard(token)
                raise HeartbeatTimeout(workflow_id)
        error = self._results.pop(token)
        if error is not None:
            raise error

    def _complete(self, token: str, result: Exception | None) -> None:
        """Only the first result counts, and none after the task has timed out."""
        if token in self._waiting:
            self._waiting.discard(token)
            self._results[token] = result
