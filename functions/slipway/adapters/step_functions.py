"""Start executions of the state machine, and report results of tasks by their task token."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from slipway.adapters.aws_errors import aws_errors
from slipway.saga.errors import StepError
from slipway.saga.tasks import failure_name

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient


class StepFunctionsExecutions:
    """Implements `slipway.cqrs.outbox.Executions`."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._machine = state_machine_arn

    def start(self, workflow_id: str) -> None:
        self._start(workflow_id, workflow_id, "start")

    def undo(self, workflow_id: str, execution: str) -> None:
        self._start(execution, workflow_id, "undo")

    def is_running(self, execution: str) -> bool:
        arn = self._machine.replace(":stateMachine:", ":execution:", 1)
        with aws_errors("request an execution"):
            try:
                found = self._client.describe_execution(executionArn=f"{arn}:{execution}")
            except self._client.exceptions.ExecutionDoesNotExist:
                return False
        return found["status"] == "RUNNING"

    def _start(self, name: str, workflow_id: str, mode: str) -> None:
        """Idempotent: an execution of this name that already exists is not started again."""
        text = json.dumps({"workflow_id": workflow_id, "mode": mode})
        with aws_errors("start the state machine"):
            try:
                self._client.start_execution(stateMachineArn=self._machine, name=name, input=text)
            except self._client.exceptions.ExecutionAlreadyExists:
                return

    def answer(self, task_token: str, decision: str) -> None:
        """A task token is valid once; one that was used or has timed out is ignored."""
        gone = self._client.exceptions
        with aws_errors("report to the state machine"):
            try:
                self._client.send_task_success(
                    taskToken=task_token, output=json.dumps({"decision": decision})
                )
            except (gone.TaskDoesNotExist, gone.TaskTimedOut, gone.InvalidToken):
                return


class StepFunctionsTasks:
    """Implements `slipway.saga.tasks.Tasks`."""

    def __init__(self, client: "SFNClient") -> None:
        self._client = client

    def succeed(self, token: str) -> None:
        with self._late_is_harmless("report the success of a task"):
            self._client.send_task_success(taskToken=token, output="{}")

    def fail(self, token: str, error: Exception) -> None:
        """Send a code as the cause, which keeps error messages out of the execution history."""
        cause = error.code if isinstance(error, StepError) else "defect"
        with self._late_is_harmless("report the failure of a task"):
            self._client.send_task_failure(taskToken=token, error=failure_name(error), cause=cause)

    def heartbeat(self, token: str) -> None:
        with self._late_is_harmless("send a heartbeat"):
            self._client.send_task_heartbeat(taskToken=token)

    @contextmanager
    def _late_is_harmless(self, doing: str) -> Iterator[None]:
        over = self._client.exceptions
        with aws_errors(doing):
            try:
                yield
            except (over.TaskTimedOut, over.TaskDoesNotExist, over.InvalidToken):
                return
