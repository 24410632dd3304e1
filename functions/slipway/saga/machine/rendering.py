"""Renders a plan as a state machine in the Amazon States Language. Pure."""

import json
import re
from collections.abc import Iterator
from math import ceil
from typing import Any

from slipway.saga.lease import term_of
from slipway.saga.plan import Plan, Step

State = dict[str, Any]

LAST_WORD = "SettleUnverified"
"""The only task without a Catch: if no receipt can be recorded, the execution must fail visibly."""
TASK_MARGIN_S = 30
"""A task outlasts its function, so that a timeout is the function's and is reported as such."""
PARK_S = 30 * 24 * 3600
"""How long a parked undo waits for an operator before the earlier undos continue without it."""
PARK_FUNCTION_S = 60
"""Timeout of the function that parks an undo."""
_LOOK_EVERY_S = 10
SETTLE_S = 300
"""Timeout of the function behind Complete, Settle and SettleUnverified."""
SERVICE_ERRORS = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]
# Taken from the execution's input: the state's data may be an error object.
_WORKFLOW = {
    "workflow_id.$": "$$.Execution.Input.workflow_id",
    "execution.$": "$$.Execution.Name",
}


def machine(plan: Plan) -> dict[str, Any]:
    """Function ARNs are substitutions that the template fills in: `${BuildImageExecuteArn}`."""
    return {
        "Comment": f"{plan.name}, version {plan.version}; rendered from the plan, do not edit",
        "StartAt": "Enter",
        "States": dict(_states(plan)),
    }


def resolved(plan: Plan) -> str:
    """The machine as JSON with function ARNs of a dummy account, for linters and a local AWS.

    Functions are named `<Title>Execute` and `<Title>Compensate` for each step, `Settle` and `Park`.
    """
    text = json.dumps(machine(plan), indent=2)
    return re.sub(
        r"\$\{(\w+)Arn\}", r"arn:aws:lambda:eu-central-1:123456789012:function:\1:live", text
    )


def _states(plan: Plan) -> Iterator[tuple[str, State]]:
    steps, forward = plan.steps, plan.forward
    yield "Enter", _enter(plan)
    for step, following in zip(forward, [*(s.title for s in forward[1:]), "Complete"], strict=True):
        yield step.title, _forward(step, following, _undo(steps[-1]))
    yield "Complete", _ending("complete", "Completed", _undo(steps[-1]))
    yield "Completed", {"Type": "Succeed"}
    earlier = ["Settle", *(_undo(step) for step in steps[:-1])]
    for step, following in reversed(list(zip(steps, earlier, strict=True))):
        yield _undo(step), _backward(plan, step, following)
        yield f"Park{step.title}", _park(step, following)
        yield f"Resolve{step.title}", _resolve(step, following)
    yield "Settle", _ending("settle", "Undone", LAST_WORD)
    yield LAST_WORD, _last_word()
    yield "Undone", {"Type": "Succeed"}


def _undo(step: Step) -> str:
    return f"Undo{step.title}"


def _enter(plan: Plan) -> State:
    """With input `mode: undo` the execution only undoes; otherwise it starts or resumes."""
    undo_only = {
        "And": [
            {"Variable": "$.mode", "IsPresent": True},
            {"Variable": "$.mode", "StringEquals": "undo"},
        ],
        "Next": _undo(plan.steps[-1]),
    }
    return {"Type": "Choice", "Choices": [undo_only], "Default": plan.forward[0].title}


def _forward(step: Step, following: str, last_undo: str) -> State:
    """On Undoing (cancelled or being undone) go to the last undo, to cover all started steps."""
    state = _task(
        f"${{{step.title}ExecuteArn}}",
        timeout_s=step.timeout_s,
        retry=[_retry(["Unavailable"], step.retries, first_s=2, most_s=60), _service_retry()],
        catch=_undo(step),
        following=following,
    )
    state["Catch"].insert(0, _catch(last_undo, "Undoing"))
    return state if step.waits_s is None else state | _waiting(step, step.waits_s)


def _waiting(step: Step, waits_s: int) -> State:
    """The task is completed by the function itself, or later, when its outside work has ended."""
    return _with_token(f"${{{step.title}ExecuteArn}}") | {
        "TimeoutSeconds": waits_s + TASK_MARGIN_S,
        "HeartbeatSeconds": step.heartbeat_s,
    }


def _with_token(function: str, **given: str) -> State:
    return {
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": function,
            "Payload": {**_WORKFLOW, **given, "task_token.$": "$$.Task.Token"},
        },
    }


def _backward(plan: Plan, step: Step, following: str) -> State:
    return _task(
        f"${{{step.title}CompensateArn}}",
        timeout_s=step.undo_timeout_s,
        retry=[
            _until_the_lease_is_over(plan),
            _retry(["States.ALL"], step.undo_retries, first_s=3, most_s=300),
        ],
        catch=f"Park{step.title}",
        following=following,
    )


def _park(step: Step, following: str) -> State:
    """Wait for an operator. On timeout the earlier undos continue, and the step is left over."""
    return {
        "Type": "Task",
        **_with_token("${ParkArn}", step=step.name),
        "TimeoutSeconds": PARK_S,
        "HeartbeatSeconds": PARK_S - PARK_FUNCTION_S,
        "Retry": [_retry(["Unavailable"], 5, first_s=2, most_s=60), _service_retry()],
        "Catch": [_catch(following)],
        "ResultSelector": {"decision.$": "$.decision"},
        "ResultPath": "$.resolved",
        "Next": f"Resolve{step.title}",
    }


def _resolve(step: Step, following: str) -> State:
    again = {
        "Variable": "$.resolved.decision",
        "StringEquals": "retry",
        "Next": _undo(step),
    }
    return {"Type": "Choice", "Choices": [again], "Default": following}


def _ending(ending: str, following: str, catch: str) -> State:
    return _task(
        "${SettleArn}",
        timeout_s=SETTLE_S,
        retry=[_retry(["Unavailable"], 5, first_s=2, most_s=30), _service_retry()],
        catch=catch,
        following=following,
        ending=ending,
    )


def _last_word() -> State:
    """Record what could not be checked as left over.

    Retried for hours. If even that cannot be written, the execution fails visibly: it must not
    succeed without a receipt.
    """
    state = _task(
        "${SettleArn}",
        timeout_s=SETTLE_S,
        retry=[_retry(["States.ALL"], 20, first_s=5, most_s=900)],
        catch="Undone",
        following="Undone",
        ending="settle_unverified",
    )
    del state["Catch"]
    return state


def _task(
    function: str,
    *,
    timeout_s: int,
    retry: list[State],
    catch: str,
    following: str,
    ending: str | None = None,
) -> State:
    return {
        "Type": "Task",
        "Resource": function,
        "Parameters": {**_WORKFLOW, **({"ending": ending} if ending else {})},
        "TimeoutSeconds": timeout_s + TASK_MARGIN_S,
        "Retry": retry,
        "Catch": [_catch(catch)],
        "ResultPath": None,
        "Next": following,
    }


def _catch(following: str, error: str = "States.ALL") -> State:
    return {"ErrorEquals": [error], "ResultPath": None, "Next": following}


def _retry(errors: list[str], tries: int, *, first_s: int, most_s: int) -> State:
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": first_s,
        "MaxAttempts": tries,
        "BackoffRate": 2,
        "MaxDelaySeconds": most_s,
        "JitterStrategy": "FULL",
    }


def _until_the_lease_is_over(plan: Plan) -> State:
    """A function may outlive a stopped execution: its undo may run until its lease expires."""
    longest_s = max(term_of(step) for step in plan).total_seconds()
    return {
        "ErrorEquals": ["UndoInFlight"],
        "IntervalSeconds": _LOOK_EVERY_S,
        "MaxAttempts": ceil(longest_s / _LOOK_EVERY_S) + 1,
        "BackoffRate": 1,
    }


def _service_retry() -> State:
    return _retry(SERVICE_ERRORS, 4, first_s=1, most_s=30)
