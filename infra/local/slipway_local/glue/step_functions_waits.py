"""Let a retry wait on its execution, so that a stop ends the wait immediately.

moto sleeps: a stopped execution, and with it the shutdown, would hang for a whole backoff. Tests
shorten the waits by `scale`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)

from slipway_local.glue.patching import replaced

_LOOK_EVERY_S = 0.5  # moto sets and clears its event at once: a waiter may miss it
_retrying = threading.local()


class _Clock:
    def __init__(self, scale: float) -> None:
        self._scale = scale

    def sleep(self, seconds: float) -> None:
        _wait(_retrying.execution, seconds * self._scale)


def _wait(execution: Any, seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    while execution.is_running() and (left := ends_at - time.monotonic()) > 0:
        execution.program_state_event.wait(min(left, _LOOK_EVERY_S))


@contextmanager
def step_functions_waits(scale: float = 1.0) -> Iterator[None]:
    decide = retrier_decl.RetrierDecl._eval_body  # noqa: SLF001  (moto has no public hook)

    def retry(retrier: Any, env: Any) -> None:
        _retrying.execution = env
        decide(retrier, env)

    def wait(function: Any, env: Any) -> None:
        _wait(env, function._get_wait_seconds(env=env) * scale)  # noqa: SLF001  (same)

    with ExitStack() as stack:
        stack.enter_context(replaced(retrier_decl, "time", _Clock(scale)))
        stack.enter_context(replaced(retrier_decl.RetrierDecl, "_eval_body", retry))
        stack.enter_context(replaced(WaitFunction, "_eval_body", wait))
        yield
