"""The port to waiting tasks of the state machine (task tokens): succeed, fail, heartbeat."""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from slipway.saga.errors import StepError, Unavailable

HEARTBEAT_EVERY_S = 45.0
_log = logging.getLogger(__name__)


class Tasks(Protocol):
    """Methods ignore a token whose task has ended or was completed. They raise Unavailable.

    `fail` reports the error under the name that the state machine matches; see `failure_name`.
    """

    def succeed(self, token: str) -> None: ...
    def fail(self, token: str, error: Exception) -> None: ...
    def heartbeat(self, token: str) -> None: ...


class NoTasks:
    """For plans without waiting steps: ignores all calls."""

    def succeed(self, token: str) -> None:
        """Do nothing."""

    def fail(self, token: str, error: Exception) -> None:
        """Do nothing."""

    def heartbeat(self, token: str) -> None:
        """Do nothing."""


def failure_name(error: Exception) -> str:
    """The class name, as Lambda reports it; subclasses of Unavailable count as Unavailable."""
    return "Unavailable" if isinstance(error, Unavailable) else type(error).__name__


def with_heartbeat(
    stop_requested: Callable[[], bool],
    heartbeat: Callable[[], None],
    clock: Callable[[], float] = time.monotonic,
) -> Callable[[], bool]:
    """Sends a heartbeat whenever the step polls for cancellation (at most every 45 s)."""
    beaten_at = clock()

    def asked() -> bool:
        nonlocal beaten_at
        if clock() - beaten_at >= HEARTBEAT_EVERY_S:
            beaten_at = clock()
            try:
                heartbeat()
            except StepError as error:  # one heartbeat may be missed
                _log.warning("heartbeat_failed", extra={"code": error.code})
        return stop_requested()

    return asked
