"""What a rendered saga must keep to, beyond what the language's own linters know."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slipway.saga.plan import Plan
from slipway.saga.tasks import BEAT_EVERY_S

Machine = Mapping[str, Any]
_SUBSTITUTED = re.compile(r"\$\{\w+Arn\}")
_MOST_EVENTS = 12_500
"""Half of what one execution may record."""
_EVENTS_PER_TRY = 5
_BEATS = 3
"""So many may be missed before a task counts as dead."""
_LAST = "SettleUnverified"
"""The only task without a Catch: an execution that cannot record the truth must be seen to fail."""


def broken_rules(machine: Machine, plan: Plan) -> list[str]:
    """Sentences that name the state; empty when every rule is kept."""
    return [sentence for rule in _RULES for sentence in rule(machine, plan)]


def _every_task_catches_all(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in _tasks(machine):
        caught = [error for catch in state.get("Catch", ()) for error in catch["ErrorEquals"]]
        if caught[-1:] != ["States.ALL"] and name != _LAST:
            yield f"{name}: catches {caught or 'nothing'}, not States.ALL"


def _every_function_is_pinned(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in _tasks(machine):
        called = state.get("Parameters", {}).get("FunctionName", state["Resource"])
        if not _SUBSTITUTED.fullmatch(called):
            yield f"{name}: calls {called}, not an alias that the template gives"


def _every_token_runs_out(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in _tasks(machine):
        if not state["Resource"].endswith("waitForTaskToken"):
            continue
        limit_s, heartbeat_s = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
        if not (limit_s and heartbeat_s):
            yield f"{name}: waits for a token without timeout and heartbeat"
        elif heartbeat_s >= limit_s:
            yield f"{name}: its heartbeat ({heartbeat_s} s) is never missed in {limit_s} s"
        if state["Parameters"]["Payload"].get("task_token.$") != "$$.Task.Token":
            yield f"{name}: waits for a token that nobody is given"


def _steps_wait_as_declared(machine: Machine, plan: Plan) -> Iterator[str]:
    """Long enough for the work outside, but not for ever when nobody is there to end it."""
    for step in plan:
        state = machine["States"].get(step.title, {})
        waits = state.get("Resource", "").endswith("waitForTaskToken")
        if waits != (step.waits_s is not None):
            yield f"{step.title}: {'waits' if waits else 'does not wait'}, unlike the plan"
        elif waits and state.get("TimeoutSeconds", 0) <= (step.waits_s or 0):
            yield f"{step.title}: its task ends before its work outside may ({step.waits_s} s)"
        elif waits and state.get("HeartbeatSeconds", 0) < _BEATS * BEAT_EVERY_S:
            yield f"{step.title}: one sign of life that comes late ends its task"


def _every_state_is_reached(machine: Machine, _plan: Plan) -> Iterator[str]:
    states, reached, waiting = machine["States"], set(), [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        if name not in states:
            yield f"{name}: is gone to, and is not there"
            continue
        reached.add(name)
        waiting += _following(states[name])
    yield from (f"{name}: is never reached" for name in states if name not in reached)


def _undo_never_fails_the_execution(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in machine["States"].items():
        if state["Type"] == "Fail":
            yield f"{name}: a Fail state lets a redrive enter the undo again"


def _tasks_outlive_their_functions(machine: Machine, plan: Plan) -> Iterator[str]:
    limits = {step.title: step.timeout_s for step in plan}
    limits |= {f"Undo{step.title}": step.undo_timeout_s for step in plan}
    for name, limit_s in limits.items():
        if machine["States"].get(name, {}).get("TimeoutSeconds", 0) <= limit_s:
            yield f"{name}: its task ends before its function may ({limit_s} s)"


def _the_failed_step_is_undone(machine: Machine, plan: Plan) -> Iterator[str]:
    """And one that is refused because undoing has begun leads to the first of all undos."""
    whole = f"Undo{plan.steps[-1].title}"
    for step in plan:
        for catch in machine["States"].get(step.title, {}).get("Catch", ()):
            undo = whole if catch["ErrorEquals"] == ["Undoing"] else f"Undo{step.title}"
            if catch["Next"] != undo:
                yield f"{step.title}: fails into {catch['Next']}, not into {undo}"


def _no_error_reaches_a_function(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in _tasks(machine):
        given = state.get("Parameters", {})
        paths = {**given, **given.get("Payload", {})}
        for key, value in paths.items():
            if key.endswith(".$") and not str(value).startswith("$$."):
                yield f"{name}: {key} reads the state's input, where an error may lie"


def _history_stays_short(machine: Machine, _plan: Plan) -> Iterator[str]:
    """Worst case: every state is entered once and every task fails at every try."""
    tries = sum(
        1 + sum(retry["MaxAttempts"] for retry in state.get("Retry", ()))
        for _, state in _tasks(machine)
    )
    events = tries * _EVENTS_PER_TRY + 2 * len(machine["States"])
    if events > _MOST_EVENTS:
        yield f"{machine['StartAt']}: up to {events} events in one execution"


_RULES: tuple[Callable[[Machine, Plan], Iterator[str]], ...] = (
    _every_task_catches_all,
    _every_function_is_pinned,
    _every_token_runs_out,
    _steps_wait_as_declared,
    _every_state_is_reached,
    _undo_never_fails_the_execution,
    _tasks_outlive_their_functions,
    _the_failed_step_is_undone,
    _no_error_reaches_a_function,
    _history_stays_short,
)


def _tasks(machine: Machine) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in machine["States"].items():
        if state["Type"] == "Task":
            yield name, state


def _following(state: Mapping[str, Any]) -> list[str]:
    choices = [choice["Next"] for choice in state.get("Choices", ())]
    catches = [catch["Next"] for catch in state.get("Catch", ())]
    direct = [state[key] for key in ("Next", "Default") if key in state]
    return [*direct, *choices, *catches]
