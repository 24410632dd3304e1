"""Ends an execution from outside, at the call of any function by any state of the machine."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.stepfunctions.parser.api import ExecutionFailedEventDetails
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from slipway.saga.machine import machine
from slipway_local.functions.invocation import Answer, JsonText
from slipway_local.functions.service import Functions, name_of
from slipway_local.template.arns import REGION
from steps import PLAN

TASKS = tuple(name for name, state in machine(PLAN)["States"].items() if state["Type"] == "Task")
MOMENTS = ("never_ran", "ran_on", "had_ended")
"""Of the function, when its execution died: its call was lost, it outlived it, or it was over."""
_ENDINGS = {"complete": "Complete", "settle": "Settle", "settle_unverified": "SettleUnverified"}
_GONE = Answer({"errorType": "Gone", "errorMessage": "no such function", "stackTrace": []}, "Gone")
Call = Callable[[], Answer]


def _stopped(name: str) -> None:
    boto3.client("stepfunctions", REGION).stop_execution(executionArn=_execution(name).exec_arn)


def _timed_out(name: str) -> None:
    _execution(name).exec_worker.env.set_timed_out()


def _too_large(name: str) -> None:
    """What no Catch sees: the state's data are more than 256 KiB."""
    error = ExecutionFailedEventDetails(error="States.DataLimitExceeded", cause="262145 bytes")
    _execution(name).exec_worker.env.set_error(error)


DEATHS: Mapping[str, Callable[[str], None]] = {
    "stopped": _stopped,
    "timed_out": _timed_out,
    "too_large": _too_large,
}


def _execution(name: str) -> Any:
    return next(
        execution
        for _, _, backend in stepfunctions_parser_backends.iter_backends()
        for machine in backend.state_machines  # type: ignore[attr-defined]  # a parser's backend
        for execution in machine.executions
        if execution.name == name
    )


class Killer:
    """Kills one execution at one state; may take functions away while a given one is in charge."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.killed: list[str] = []
        self._states: tuple[str, ...] = ()
        self._gone: set[str] = set()
        self._death, self._moment = "stopped", "never_ran"

    def plan(self, *states: str, death: str = "stopped", moment: str = "never_ran") -> None:
        """The first execution dies at the first of them, the next one at the second."""
        self.forget()
        self._states, self._death, self._moment = states, death, moment

    def take_away(self, state: str) -> None:
        """Until as many executions have been killed as were planned, or for good if none was."""
        self._gone.add(state)

    def around(self, function: str, payload: JsonText, call: Call) -> Answer:
        event = json.loads(payload)
        state = _state(function, event)
        left = self._states[len(self.killed) :]
        if left and state == left[0]:
            self.killed.append(event["execution"])
            return self._killed(event["execution"], call)
        away = left or not self._states
        return _GONE if state in self._gone and away else call()

    def _killed(self, execution: str, call: Call) -> Answer:
        if self._moment == "had_ended":
            answer = call()
            DEATHS[self._death](execution)
            return answer
        DEATHS[self._death](execution)
        return call() if self._moment == "ran_on" else _GONE


def _state(function: str, event: Any) -> str | None:
    if function == "Settle":
        return _ENDINGS[event["ending"]]
    if function == "Park":
        return f"Park{PLAN[event['step']].title}"
    if function.endswith("Compensate"):
        return f"Undo{function.removesuffix('Compensate')}"
    return function.removesuffix("Execute") if function.endswith("Execute") else None


@contextmanager
def killing() -> Iterator[Killer]:
    """Enter before the system is started."""
    killer = Killer()
    invoke = Functions.invoke

    def hooked(functions: Functions, name: str, payload: JsonText) -> Answer:
        return killer.around(name_of(name), payload, lambda: invoke(functions, name, payload))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Functions, "invoke", hooked)
        yield killer
