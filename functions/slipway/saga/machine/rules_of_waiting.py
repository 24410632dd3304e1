"""Timeout and heartbeat rules: waiting for functions, for outside work, and for operators."""

from collections.abc import Iterator

from slipway.saga.machine.rendering import (
    LAST_WORD,
    PARK_FUNCTION_S,
    PARK_S,
    SETTLE_S,
    TASK_MARGIN_S,
)
from slipway.saga.machine.states import Machine, state_of, tasks, waits
from slipway.saga.plan import Plan
from slipway.saga.tasks import HEARTBEAT_EVERY_S

_BEATS = 3
"""So many heartbeat intervals must fit into a task's heartbeat timeout."""


def _tasks_outlive_their_functions(machine: Machine, plan: Plan) -> Iterator[str]:
    """So that a timeout is the function's, and is reported as such."""
    limits = {step.title: step.timeout_s for step in plan.forward}
    limits |= {f"Undo{step.title}": step.undo_timeout_s for step in plan}
    limits |= {f"Park{step.title}": PARK_FUNCTION_S for step in plan}
    limits |= dict.fromkeys(("Complete", "Settle", LAST_WORD), SETTLE_S)
    for name, limit_s in limits.items():
        if state_of(machine, name).get("TimeoutSeconds", 0) < limit_s + TASK_MARGIN_S:
            within = f"{limit_s} s and {TASK_MARGIN_S} s more"
            yield f"{name}: its task times out before its function ({within})"


def _every_token_runs_out(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in tasks(machine):
        if not waits(state):
            continue
        limit_s, heartbeat_s = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
        if not (limit_s and heartbeat_s):
            yield f"{name}: waits for a token without a timeout and a heartbeat"
        elif heartbeat_s >= limit_s:
            yield f"{name}: its heartbeat ({heartbeat_s} s) exceeds its timeout of {limit_s} s"


def _steps_wait_as_declared(machine: Machine, plan: Plan) -> Iterator[str]:
    """Long enough for the outside work, but not forever if nothing completes the task."""
    for step in plan.forward:
        state = state_of(machine, step.title)
        if waits(state) != (step.waits_s is not None):
            yield f"{step.title}: {'waits' if waits(state) else 'does not wait'}, unlike the plan"
        elif waits(state) and state.get("TimeoutSeconds", 0) <= (step.waits_s or 0):
            yield f"{step.title}: its task times out before its work outside ({step.waits_s} s)"
        elif waits(state) and state.get("HeartbeatSeconds", 0) < _BEATS * HEARTBEAT_EVERY_S:
            yield f"{step.title}: a single late heartbeat fails its task"


def _only_who_is_waited_for_waits(machine: Machine, plan: Plan) -> Iterator[str]:
    """Only forward steps and parked undos may wait for a token; the latter must."""
    parks = {f"Park{step.title}" for step in plan}
    known = parks | {step.title for step in plan.forward}
    for name, state in tasks(machine):
        if name not in known and waits(state):
            yield f"{name}: waits for a token that nothing returns"
        if name in parks and not waits(state):
            yield f"{name}: does not wait for an operator"
        shortest_s = min(state.get("TimeoutSeconds", 0), state.get("HeartbeatSeconds", 0))
        if name in parks and shortest_s < PARK_S - PARK_FUNCTION_S:
            yield f"{name}: waits {shortest_s} s for an operator, not {PARK_S} s"


RULES_OF_WAITING = (
    _tasks_outlive_their_functions,
    _every_token_runs_out,
    _steps_wait_as_declared,
    _only_who_is_waited_for_waits,
)
