"""Where tasks wait for a word inside this process: for tests and for the in-process driver."""

import itertools
from collections.abc import Callable


class HeartbeatTimeout(Exception):  # noqa: N818  (the state machine's name for it)
    """A task waited, and nobody who could end it showed a sign of life."""


def nobody_comes(_workflow_id: str) -> None:
    """What happens meanwhile when nothing is arranged."""


class WaitingRoom:
    """Implements `Tasks`. `meanwhile(workflow_id)` is called again and again while a task waits.

    It lets time pass outside and looks, as events and a schedule do; a task that gets neither a
    word nor a sign of life from it times out.
    """

    def __init__(self, meanwhile: Callable[[str], None] = nobody_comes) -> None:
        self.meanwhile = meanwhile
        self._numbers = itertools.count(1)
        self._words: dict[str, Exception | None] = {}
        self._waiting: set[str] = set()
        self._beats = 0

    def token(self) -> str:
        token = f"token-{next(self._numbers)}"
        self._waiting.add(token)
        return token

    def succeed(self, token: str) -> None:
        self._tell(token, None)

    def fail(self, token: str, error: Exception) -> None:
        self._tell(token, error)

    def beat(self, token: str) -> None:
        if token in self._waiting:
            self._beats += 1

    def has_word(self, token: str) -> bool:
        return token in self._words

    def wait(
        self, token: str, workflow_id: str, meanwhile: Callable[[str], None] | None = None
    ) -> None:
        """Raises what the task was told, or HeartbeatTimeout. This one may wait for its own."""
        pass_time = meanwhile or self.meanwhile
        while token not in self._words:
            beats = self._beats
            pass_time(workflow_id)
            if token not in self._words and self._beats == beats:
                self._waiting.discard(token)
                raise HeartbeatTimeout(workflow_id)
        error = self._words.pop(token)
        if error is not None:
            raise error

    def _tell(self, token: str, word: Exception | None) -> None:
        """Only the first word counts, and none after the task's end."""
        if token in self._waiting:
            self._waiting.discard(token)
            self._words[token] = word
