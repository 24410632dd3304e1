"""Task rules: which function each task calls, and with which payload."""

import re
from collections.abc import Iterator

from slipway.saga.machine.rendering import LAST_WORD
from slipway.saga.machine.states import ALL, Machine, called, catches, given, state_of, tasks
from slipway.saga.plan import Plan

_SUBSTITUTED = re.compile(r"\$\{\w+Arn\}")
_TOLD = {
    "workflow_id.$": "$$.Execution.Input.workflow_id",
    "execution.$": "$$.Execution.Name",
}
_ENDINGS = {"Complete": "complete", "Settle": "settle", LAST_WORD: "settle_unverified"}
_TOKEN = {"task_token.$": "$$.Task.Token"}


def _every_task_catches_all(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in tasks(machine):
        caught = [error for errors, _ in catches(state) for error in errors]
        if caught[-1:] != [ALL] and name != LAST_WORD:
            yield f"{name}: catches {caught or 'nothing'}, not {ALL}"
    if catches(state_of(machine, LAST_WORD)):
        yield f"{LAST_WORD}: an execution that cannot record its result must fail visibly"


def _every_function_is_pinned(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in tasks(machine):
        if not _SUBSTITUTED.fullmatch(called(state)):
            yield f"{name}: calls {called(state)}, not an alias that the template substitutes"


def _every_state_calls_its_own_function(machine: Machine, plan: Plan) -> Iterator[str]:
    own = {step.title: f"{step.title}Execute" for step in plan.forward}
    for step in plan:
        own |= {f"Undo{step.title}": f"{step.title}Compensate", f"Park{step.title}": "Park"}
    own |= dict.fromkeys(_ENDINGS, "Settle")
    for name, function in own.items():
        found = called(state_of(machine, name))
        if found != f"${{{function}Arn}}":
            yield f"{name}: calls {found}, not {function}"


def _every_function_is_told_its_part(machine: Machine, plan: Plan) -> Iterator[str]:
    """Taken from the execution's input: the state's data may be an error object."""
    waiting = {f"Park{step.title}": {"step": step.name, **_TOKEN} for step in plan}
    waiting |= {step.title: _TOKEN for step in plan.forward if step.waits_s is not None}
    endings = {name: {"ending": ending} for name, ending in _ENDINGS.items()}
    for name, state in tasks(machine):
        expected = {**_TOLD, **waiting.get(name, {}), **endings.get(name, {})}
        payload = given(state)
        differing = {key for key in (*expected, *payload) if expected.get(key) != payload.get(key)}
        if differing:
            yield f"{name}: has wrong payload fields: {', '.join(sorted(differing))}"


def _no_result_travels(machine: Machine, plan: Plan) -> Iterator[str]:
    """The state's data stays small: it receives only the decision on a parked undo."""
    parks = {f"Park{step.title}" for step in plan}
    decision = ({"decision.$": "$.decision"}, "$.resolved")
    for name, state in tasks(machine):
        kept = state.get("ResultSelector"), state.get("ResultPath", "$")
        caught = [catch.get("ResultPath", "$") for catch in state.get("Catch", ())]
        if kept != (decision if name in parks else (None, None)):
            yield f"{name}: its result is passed on as {kept[1]}"
        if any(caught):
            yield f"{name}: an error is passed on in the state's data"


RULES_OF_TASKS = (
    _every_task_catches_all,
    _every_function_is_pinned,
    _every_state_calls_its_own_function,
    _every_function_is_told_its_part,
    _no_result_travels,
)
