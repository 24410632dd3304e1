"""Make an execution RUNNING from its start on, and keep its status ABORTED or TIMED_OUT.

moto lets the error of the current state overwrite that status: ABORTED becomes FAILED. It does not
interrupt a task that waits for a token. And until an execution's thread has begun, stopping it
fails, and so does every task callback.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from slipway_local.glue.patching import replaced

_LAST_WORDS = (ProgramStopped, ProgramTimedOut)


def _unless_over(set_state: Callable[..., None]) -> Callable[..., None]:
    def guarded(environment: Any, *args: Any, **kwargs: Any) -> None:
        with environment._state_mutex:  # noqa: SLF001  (moto has no public hook)
            if not isinstance(environment._program_state, _LAST_WORDS):  # noqa: SLF001  (same)
                set_state(environment, *args, **kwargs)

    return guarded


@contextmanager
def step_functions_stop() -> Iterator[None]:
    stop = Execution.stop

    def stopped(execution: Any, *args: Any, **kwargs: Any) -> None:
        stop(execution, *args, **kwargs)
        for endpoint in list(execution.exec_worker.env.callback_pool_manager._pool.values()):  # noqa: SLF001  (moto has no public hook)
            endpoint.interrupt_all()

    with ExitStack() as stack:
        stack.enter_context(_running_at_once())
        stack.enter_context(replaced(Execution, "stop", stopped))
        for name in ("set_error", "set_timed_out"):
            instead = _unless_over(getattr(Environment, name))
            stack.enter_context(replaced(Environment, name, instead))
        yield


@contextmanager
def _running_at_once() -> Iterator[None]:
    start: Any = ExecutionWorker.start
    evaluate = Program.eval
    make = ExecutionWorker._get_evaluation_environment  # noqa: SLF001  (moto has no public hook)

    def made(worker: Any) -> Any:
        """Create it once, so that a stop from before the thread began is not lost."""
        return worker.env or make(worker)

    def started(worker: Any) -> None:
        worker.env = make(worker)
        worker.env.next_state_name = "-"  # moto takes it as running with one; its program sets it
        start(worker)

    def evaluated(program: Any, env: Any) -> None:
        try:
            evaluate(program, env)
        except RuntimeError:  # the program cannot begin
            if not isinstance(env.program_state(), ProgramStopped):
                raise

    with ExitStack() as stack:
        stack.enter_context(replaced(ExecutionWorker, "start", started))
        stack.enter_context(replaced(ExecutionWorker, "_get_evaluation_environment", made))
        stack.enter_context(replaced(Program, "eval", evaluated))
        yield
