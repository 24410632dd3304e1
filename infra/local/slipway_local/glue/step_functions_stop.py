"""An execution that was stopped, or ran out of time, stays so.

moto lets the error of the state that was at work overwrite it: ABORTED then reads FAILED. And it
lets a task that waits for a token wait on.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.backend.execution import Execution

from slipway_local.glue.patching import replaced

_LAST_WORDS = (ProgramStopped, ProgramTimedOut)


def _unless_over(set_state: Callable[..., None]) -> Callable[..., None]:
    def guarded(environment: Any, *args: Any, **kwargs: Any) -> None:
        with environment._state_mutex:  # noqa: SLF001  (moto offers no other way)
            if not isinstance(environment._program_state, _LAST_WORDS):  # noqa: SLF001  (same)
                set_state(environment, *args, **kwargs)

    return guarded


@contextmanager
def step_functions_stop() -> Iterator[None]:
    stop = Execution.stop

    def stopped(execution: Any, *args: Any, **kwargs: Any) -> None:
        stop(execution, *args, **kwargs)
        environment = execution.exec_worker.env if execution.exec_worker else None
        if environment is not None:  # else its thread has only just begun
            for endpoint in list(environment.callback_pool_manager._pool.values()):  # noqa: SLF001  (moto offers no other way)
                endpoint.interrupt_all()

    with ExitStack() as stack:
        stack.enter_context(replaced(Execution, "stop", stopped))
        for name in ("set_error", "set_timed_out"):
            instead = _unless_over(getattr(Environment, name))
            stack.enter_context(replaced(Environment, name, instead))
        yield
