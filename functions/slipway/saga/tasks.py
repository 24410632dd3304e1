"""Tasks of the state machine that wait for a word: the port to tell it, and signs of life."""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from slipway.saga.errors import StepError, Unavailable

BEAT_EVERY_S = 45.0
_log = logging.getLogger(__name__)


class Tasks(Protocol):
    """A token whose task has ended, or that was answered before, is no error. Raises Unavailable.

    A failure's name is the one that the machine matches: `Rejected` or `Unavailable`.
    """

    def succeed(self, token: str) -> None: ...
    def fail(self, token: str, error: Exception) -> None: ...
    def beat(self, token: str) -> None: ...


class NoTasks:
    """Where nobody waits for a word."""

    def succeed(self, token: str) -> None:
        """Nobody listens."""

    def fail(self, token: str, error: Exception) -> None:
        """Nobody listens."""

    def beat(self, token: str) -> None:
        """Nobody listens."""


def failure_name(error: Exception) -> str:
    """As Lambda names it: the class. Also a kind of `Unavailable` is tried again."""
    return "Unavailable" if isinstance(error, Unavailable) else type(error).__name__


def beating(
    stop_requested: Callable[[], bool],
    beat: Callable[[], None],
    clock: Callable[[], float] = time.monotonic,
) -> Callable[[], bool]:
    """A long step asks again and again whether to stop: so it shows that it is alive."""
    beaten_at = clock()

    def asked() -> bool:
        nonlocal beaten_at
        if clock() - beaten_at >= BEAT_EVERY_S:
            beaten_at = clock()
            try:
                beat()
            except StepError as error:  # the next one is soon, and one may be missed
                _log.warning("heartbeat_failed", extra={"code": error.code})
        return stop_requested()

    return asked
