"""Let an execution's name be taken only once, even by concurrent starts.

moto checks and takes the name in two steps, so that two callers can both start one; it keeps every
thread that it ever started; and it fails to resolve a task token while any execution exists that
has not begun.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.stepfunctions.parser import utils
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from slipway_local.glue.patching import replaced


@contextmanager
def step_functions_start() -> Iterator[None]:
    original = StepFunctionsParserBackend.start_execution
    lock = threading.Lock()

    def start_execution(backend: Any, *given: Any, **named: Any) -> Any:
        with lock:
            utils.TMP_THREADS[:] = [thread for thread in utils.TMP_THREADS if thread.is_alive()]
            return original(backend, *given, **named)

    with ExitStack() as stack:
        stack.enter_context(
            replaced(StepFunctionsParserBackend, "start_execution", start_execution)
        )
        stack.enter_context(replaced(StepFunctionsParserBackend, "_get_executions", _begun))
        stack.enter_context(replaced(Execution, "status", property(_status)))
        yield


def _begun(backend: Any, status: ExecutionStatus | None = None) -> list[Any]:
    there = [each for machine in list(backend.state_machines) for each in list(machine.executions)]
    begun = [each for each in there if each.exec_worker and each.exec_status]
    return [each for each in begun if status in (None, each.exec_status)]


def _status(execution: Any) -> str:
    """RUNNING for an execution that was started and has not begun, as on AWS."""
    return str((execution.exec_status or ExecutionStatus.RUNNING).value)
