"""Store executions durably before their start returns, and abort those whose process died.

moto's executions are threads of this process, and cannot continue in another one. AWS ends such an
execution with a status, and publishes that on the default bus, which triggers its rescue.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackPoolManager
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)
from moto.stepfunctions.parser.models import (
    StepFunctionsParserBackend,
    stepfunctions_parser_backends,
)

from slipway_local.glue.patching import replaced
from slipway_local.kept.executions import ABORTED, RUNNING, KeptExecution, KeptExecutions

CAUSE = "the local system died"


@contextmanager
def kept_executions(executions: KeptExecutions) -> Iterator[None]:
    """Enter it after `step_functions_status`: an end is published before it is stored."""
    begin, start = StepFunctionsParserBackend.start_execution, Execution.start
    end = BaseExecutionWorkerCommunication.terminated

    def begun(backend: Any, *given: Any, **named: Any) -> Any:
        try:
            return begin(backend, *given, **named)
        except sqlite3.Error:
            for machine in backend.state_machines:  # it was not started: free its name
                machine.executions[:] = [each for each in machine.executions if each.exec_status]
            raise

    def started(execution: Any) -> None:
        executions.save(_kept(execution, RUNNING))
        start(execution)

    def terminated(communication: Any) -> None:
        end(communication)
        execution = communication.execution
        executions.save(_kept(execution, execution.status))
        execution.exec_worker = _over()  # frees its history, ten times what is stored

    with ExitStack() as stack:
        stack.enter_context(replaced(StepFunctionsParserBackend, "start_execution", begun))
        stack.enter_context(replaced(Execution, "start", started))
        stack.enter_context(replaced(BaseExecutionWorkerCommunication, "terminated", terminated))
        yield


def _kept(execution: Any, status: str) -> KeptExecution:
    return KeptExecution(
        arn=execution.exec_arn,
        machine=execution.state_machine.arn,
        name=execution.name,
        input=execution.execution_input,
        status=status,
        started=execution.start_date.timestamp(),
        stopped=execution.stop_date and execution.stop_date.timestamp(),
        output=None if execution.output is None else json.dumps(execution.output),
        error=execution.error,
        cause=execution.cause,
    )


def restore_executions(executions: KeptExecutions) -> list[Any]:
    """Call once the machines exist. Returns dead executions whose end was not published yet."""
    machines = {
        machine.arn: (machine, backend)
        for _, _, backend in stepfunctions_parser_backends.iter_backends()
        for machine in backend.state_machines  # type: ignore[attr-defined]  # a parser's backend
    }
    died = []
    for kept in executions.all():
        if kept.machine not in machines:
            continue
        machine, backend = machines[kept.machine]
        ended = kept if kept.status != RUNNING else _aborted(kept)
        execution = _revived(ended, machine, backend)
        machine.executions.append(execution)
        if ended is not kept:
            died.append(execution)
    return died


def publish_aborted(
    died: list[Any], tell: Callable[[Any], None], executions: KeptExecutions
) -> None:
    """Publish each end before storing it: a crash in between publishes it again."""
    for execution in died:
        tell(execution)
        executions.save(_kept(execution, execution.status))


def _aborted(kept: KeptExecution) -> KeptExecution:
    now = datetime.now(UTC).timestamp()
    return replace(kept, status=ABORTED, stopped=now, cause=CAUSE)


def _revived(kept: KeptExecution, machine: Any, backend: Any) -> Any:
    """Give it a finished worker, because moto reads the worker of every execution."""
    revived: Any = Execution(
        name=kept.name,
        sm_type=machine.sm_type,
        role_arn=machine.roleArn,
        exec_arn=kept.arn,
        account_id=backend.account_id,
        region_name=backend.region_name,
        state_machine=machine,
        start_date=datetime.fromtimestamp(kept.started, UTC),
        cloud_watch_logging_session=None,
        activity_store={},
        input_data=kept.input,
    )
    revived.exec_status = ExecutionStatus(kept.status)
    revived.stop_date = kept.stopped and datetime.fromtimestamp(kept.stopped, UTC)
    revived.output = kept.output and json.loads(kept.output)
    revived.error, revived.cause = kept.error, kept.cause
    revived.exec_worker = _over()
    return revived


def _over() -> Any:
    environment = SimpleNamespace(
        callback_pool_manager=CallbackPoolManager({}), event_manager=EventManager()
    )
    return SimpleNamespace(env=environment, stop=lambda **_: None)
