"""Stop every running execution at the end, including those that wait for a callback.

moto's executions are threads that are never joined: they would outlive the system.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.parser import utils
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from slipway_local.turns import Turns

WITHIN_S = 10.0
_LOOK_EVERY_S = 0.02


@contextmanager
def step_functions_end(turns: Turns) -> Iterator[None]:
    try:
        yield
    finally:
        turns.close()
        _stop_all(time.monotonic() + WITHIN_S)


def _stop_all(deadline: float) -> None:
    """A step in a slow call may outlive the deadline; its thread is a daemon."""
    while (alive := _alive()) and time.monotonic() < deadline:
        for execution in _running():
            execution.stop(datetime.now(UTC), None, "the local system ends")
        alive[0].join(_LOOK_EVERY_S)
    utils.TMP_THREADS[:] = alive


def _alive() -> list[threading.Thread]:
    return [thread for thread in utils.TMP_THREADS if thread.is_alive()]


def _running() -> list[Any]:
    return [
        execution
        for _, _, backend in stepfunctions_parser_backends.iter_backends()
        for machine in backend.state_machines  # type: ignore[attr-defined]  # a parser's backend
        for execution in machine.executions
        if execution.status == "RUNNING"
    ]
