"""Limit concurrent executions: each begins in its turn, and yields the turn while it waits.

moto begins each immediately: hundreds of them, with three threads each, bring the process to a
halt.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from slipway_local.glue.patching import replaced
from slipway_local.turns import Turns

_log = logging.getLogger(__name__)
_Callback = callback.StateTaskServiceCallback


@contextmanager
def step_functions_turns(turns: Turns) -> Iterator[None]:
    """Enter it before `step_functions_stop`, and after what shortens or ends waits."""
    with ExitStack() as stack:
        stack.enter_context(_in_order(turns))
        stack.enter_context(_giving_way(turns))
        yield


@contextmanager
def _in_order(turns: Turns) -> Iterator[None]:
    begin: Any = ExecutionWorker.start
    stop: Any = Execution.stop
    run: Any = ExecutionWorker._execution_logic  # noqa: SLF001  (moto has no public hook)

    def started(worker: Any) -> None:
        turns.ask(_name(worker.env), lambda: begin(worker))

    def ran(worker: Any) -> None:
        try:
            run(worker)
        except sqlite3.Error as error:  # still RUNNING in the file: the next start rescues it
            _log.debug("the end of %s was not kept: %r", _name(worker.env), error)
        finally:
            turns.end(_name(worker.env))

    def stopped(execution: Any, stop_date: datetime, error: Any, cause: Any) -> None:
        """Let an execution that has not begun end immediately, out of turn."""
        stop(execution, stop_date, error, cause)
        if turns.withdraw(execution.exec_arn):
            begin(execution.exec_worker)

    with ExitStack() as stack:
        stack.enter_context(replaced(ExecutionWorker, "start", started))
        stack.enter_context(replaced(ExecutionWorker, "_execution_logic", ran))
        stack.enter_context(replaced(Execution, "stop", stopped))
        yield


@contextmanager
def _giving_way(turns: Turns) -> Iterator[None]:
    wait = WaitFunction._eval_body  # noqa: SLF001  (moto has no public hook)
    ask = _Callback._eval_wait_for_task_token  # noqa: SLF001  (same)
    attempt = ExecutionState._evaluate_with_timeout  # noqa: SLF001  (same)

    def waiting(function: Any, env: Any) -> None:
        turns.pause(_name(env))
        try:
            wait(function, env)
        finally:
            turns.resume(_name(env), env.is_running)

    def asking(task: Any, **given: Any) -> Any:
        """Do not yield for a task that timed out: its execution has already continued."""
        if given["env"].is_running() and not given["callback_endpoint"].get_outcome():
            turns.pause(_name(given["env"]))
        return ask(task, **given)

    def attempted(state: Any, env: Any) -> None:
        """Wait for the turn after the callback, outside of the task's own timeout."""
        try:
            attempt(state, env)
        finally:
            turns.resume(_name(env), env.is_running)

    with ExitStack() as stack:
        stack.enter_context(replaced(WaitFunction, "_eval_body", waiting))
        stack.enter_context(replaced(_Callback, "_eval_wait_for_task_token", asking))
        stack.enter_context(replaced(ExecutionState, "_evaluate_with_timeout", attempted))
        yield


def _name(env: Any) -> str:
    return str(env.states.context_object.context_object_data["Execution"]["Id"])
