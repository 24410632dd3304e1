"""Drive a saga of any plan on the state machine rendered from it, on the local AWS.

The second driver of `slipway.saga.testing`, in one process, without Docker or an AWS account:

```python
MACHINES = StateMachines()
test_orders_on_step_functions = laws(..., drive=MACHINES.drive)


@pytest.fixture(scope="module", autouse=True)
def machines():
    with MACHINES.running():
        yield
```
"""

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from slipway.saga import Behaviour, Plan
from slipway.saga.endings import Endings
from slipway.saga.machine import broken_rules, machine, resolved
from slipway.saga.step import RunsSteps
from slipway.saga.testing import Driver
from slipway.saga.testing.faults import Aborted
from slipway.saga.testing.parking import Waits
from slipway_local.activity import Activity
from slipway_local.aws import aws_variables, draw_keys, environment, local_aws
from slipway_local.functions.invocation import Answer
from slipway_local.kept.store import kept_in

_ROLE = "arn:aws:iam::123456789012:role/x"
_ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
_WITHIN_S = 120
Payload = Mapping[str, Any]


class ExecutionFailed(Exception):  # noqa: N818  (named after the condition)
    """The execution timed out, or ended with the status in the message."""


class NotRunning(RuntimeError):  # noqa: N818  (named after the condition)
    """Raised outside of `running()`, where boto3 would call AWS."""

    def __init__(self) -> None:
        super().__init__("no state machine is running; run the cells inside `with ….running():`")


class StateMachines:
    """One state machine per plan, with any number of drivers, distinguished by execution name.

    Pass `drive` to `laws` and `Subject`. Run their cells inside the context manager `running()`,
    in which boto3 calls the local AWS and waits take no time. Only one may run per process.
    """

    def __init__(self) -> None:
        self._drivers: dict[str, OnStateMachine] = {}
        self._arns: dict[Plan, str] = {}
        self._ends: dict[str, threading.Event] = {}
        self._statuses: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._running = False

    @contextmanager
    def running(self) -> Iterator[None]:
        with (
            TemporaryDirectory() as folder,
            kept_in(Path(folder)) as kept,
            environment(aws_variables(draw_keys(), "http://127.0.0.1:1")),
            local_aws(),
        ):
            from slipway_local.glue.all import Hooks, patched  # noqa: PLC0415  (it imports moto)

            hooks = Hooks(
                self._invoke, _none, _none, _none, self._heard, Activity(), kept, retry_scale=0.0
            )
            with patched(hooks):
                self._arns.clear()
                self._running = True
                try:
                    yield
                finally:
                    self._running = False

    def drive(
        self,
        plan: Plan,
        runner: RunsSteps,
        behaviours: Mapping[str, Behaviour],
        endings: Endings,
    ) -> Driver:
        number = str(next(self._numbers))
        made = OnStateMachine(self, number, _functions(plan, runner, behaviours, endings))
        made.arn = self._arn(plan)
        self._drivers[number] = made
        return made

    def execute(self, arn: str, name: str, given: Payload) -> None:
        """Run an execution until it is terminal or waits for a token. Raises ExecutionFailed."""
        self._ends[name] = threading.Event()
        boto3.client("stepfunctions").start_execution(
            stateMachineArn=arn, name=name, input=json.dumps(given)
        )
        if not self._ends[name].wait(_WITHIN_S):
            raise ExecutionFailed(f"{name} did not end within {_WITHIN_S} s")
        if (status := self._statuses.pop(name, "WAITS")) in _ENDED - {"SUCCEEDED"}:
            raise ExecutionFailed(status)

    def abort(self, arn: str, name: str) -> None:
        execution = f"{arn.replace(':stateMachine:', ':execution:')}:{name}"
        boto3.client("stepfunctions").stop_execution(executionArn=execution)

    def waits(self, name: str) -> None:
        self._ends[name].set()

    def _arn(self, plan: Plan) -> str:
        if not self._running:
            raise NotRunning
        if plan not in self._arns:
            if broken := broken_rules(machine(plan), plan):
                raise ValueError("; ".join(broken))
            name = f"{plan.name}-{len(self._arns) + 1}"
            self._arns[plan] = boto3.client("stepfunctions").create_state_machine(
                name=name, definition=resolved(plan), roleArn=_ROLE
            )["stateMachineArn"]
        return self._arns[plan]

    def _invoke(self, arn: str, payload: str | bytes) -> Answer:
        given = json.loads(payload)
        number = given["execution"].partition("-")[0]
        return self._drivers[number].invoke(arn.split(":")[6], given)

    def _heard(self, event: Mapping[str, Any]) -> None:
        detail = json.loads(event["Detail"])
        if detail["status"] in _ENDED:
            self._statuses[detail["name"]] = detail["status"]
            self._ends[detail["name"]].set()


class OnStateMachine:
    """Names executions `<driver number>-<counter>-<the saga's name of the execution>`."""

    arn: str

    def __init__(
        self, machines: StateMachines, number: str, functions: Mapping[str, Callable[..., Any]]
    ) -> None:
        self._machines, self._number, self._functions = machines, number, functions
        self._executions = itertools.count(1)

    def run(self, workflow_id: str, execution: str) -> None:
        self._execute(execution, {"workflow_id": workflow_id})

    def undo(self, workflow_id: str, execution: str) -> None:
        self._execute(execution, {"workflow_id": workflow_id, "mode": "undo"})

    def _execute(self, execution: str, given: Payload) -> None:
        name = f"{self._number}-{next(self._executions)}-{execution}"
        self._machines.execute(self.arn, name, given)

    def invoke(self, function: str, given: Payload) -> Answer:
        name = given["execution"]
        payload = {**given, "execution": name.split("-", 2)[2]}
        try:
            answer = self._functions[function](payload)
        except Waits:
            self._machines.waits(name)
            return Answer(None)
        except Aborted as error:
            self._machines.abort(self.arn, name)
            return _failed(error)
        except Exception as error:  # noqa: BLE001  (any exception is the function's result)
            return _failed(error)
        if token := given.get("task_token"):
            output = json.dumps({"decision": answer})
            boto3.client("stepfunctions").send_task_success(taskToken=token, output=output)
        return Answer(None)


def _functions(
    plan: Plan, runner: RunsSteps, behaviours: Mapping[str, Behaviour], endings: Endings
) -> dict[str, Callable[[Payload], Any]]:
    """Return the functions by their names in the state machine."""
    functions: dict[str, Callable[[Payload], Any]] = {
        "Settle": lambda given: getattr(endings, given["ending"])(
            given["workflow_id"], given["execution"]
        ),
        "Park": lambda given: endings.park(given["step"], given["workflow_id"], given["execution"]),
    }
    for step in plan:
        for name, function in _step_functions(runner, behaviours[step.name]):
            functions[step.title + name] = function
    return functions


def _step_functions(
    runner: RunsSteps, step: Behaviour
) -> Iterator[tuple[str, Callable[[Payload], None]]]:
    yield "Execute", lambda given: runner.execute(step, given["workflow_id"])
    yield (
        "Compensate",
        lambda given: runner.compensate(step, given["workflow_id"], given["execution"]),
    )


def _failed(error: BaseException) -> Answer:
    name = type(error).__name__
    return Answer({"errorType": name, "errorMessage": str(error)}, name)


def _none(*_given: Any) -> None:
    """Ignore the hooks of services that are not used here."""
