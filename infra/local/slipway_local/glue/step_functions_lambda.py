"""Let a Task of the state machine call the function's code in this process.

moto would create a Lambda client per state and start a container per function. The error name in
the state machine is the exception's class name, as on AWS.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

from slipway_local.functions.invocation import Invoke
from slipway_local.glue.patching import replaced


@contextmanager
def step_functions_lambda(invoke: Invoke) -> Iterator[None]:
    def call(parameters: dict[str, Any], region: str, state_credentials: Any) -> dict[str, Any]:
        del region, state_credentials
        answer = invoke(parameters["FunctionName"], parameters["Payload"])
        error = {} if answer.error is None else {"FunctionError": "Unhandled"}
        return {"StatusCode": 200, "ExecutedVersion": "1", "Payload": answer.payload, **error}

    with replaced(lambda_eval_utils, "_invoke_lambda_function", call):
        yield
