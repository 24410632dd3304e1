"""Publish status changes of executions on the default bus, and count executions as activity.

moto publishes none, so a rule that rescues dead executions would never fire.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)

from slipway_local.activity import Activity
from slipway_local.glue.patching import replaced

PutEvent = Callable[[dict[str, Any]], None]


@contextmanager
def step_functions_status(put_event: PutEvent, activity: Activity) -> Iterator[None]:
    start, end = Execution.start, BaseExecutionWorkerCommunication.terminated

    def started(execution: Any) -> None:
        activity.begin()
        put_event(status_event(execution, "RUNNING"))  # after the start it may have ended
        start(execution)

    def terminated(communication: Any) -> None:
        try:
            end(communication)
            execution = communication.execution
            put_event(status_event(execution, execution.status))
        finally:
            activity.end()

    with ExitStack() as stack:
        stack.enter_context(replaced(Execution, "start", started))
        stack.enter_context(replaced(BaseExecutionWorkerCommunication, "terminated", terminated))
        yield


def status_event(execution: Any, status: str) -> dict[str, Any]:
    detail = {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine.arn,
        "name": execution.name,
        "status": status,
        "input": execution.execution_input,
        "error": execution.error,
        "cause": execution.cause,
    }
    return {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Resources": [execution.exec_arn],
        "Detail": json.dumps(detail),
    }
