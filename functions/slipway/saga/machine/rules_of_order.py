"""Transition rules: forward step by step, and back through the undo of every step."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from slipway.saga.machine.rendering import LAST_WORD
from slipway.saga.machine.states import ALL, Machine, catches, following, state_of
from slipway.saga.plan import Plan, Step

_ONLY_UNDOES = {"Variable": "$.mode", "StringEquals": "undo"}
_SAYS_SO = {"Variable": "$.mode", "IsPresent": True}
_AGAIN = {"Variable": "$.resolved.decision", "StringEquals": "retry"}


def _every_state_is_reached(machine: Machine, _plan: Plan) -> Iterator[str]:
    states, reached, waiting = machine["States"], set(), [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        if name not in states:
            yield f"{name}: is a target, but not defined"
            continue
        reached.add(name)
        waiting += following(states[name])
    yield from (f"{name}: is unreachable" for name in states if name not in reached)


def _an_execution_starts_or_only_undoes(machine: Machine, plan: Plan) -> Iterator[str]:
    """An undo-only execution starts at the last undo, so that every started step is covered."""
    if machine["StartAt"] != "Enter":
        yield f"{machine['StartAt']}: starts the execution instead of Enter"
    enter, last = state_of(machine, "Enter"), _undo(plan.steps[-1])
    if (enter.get("Type"), enter.get("Default")) != ("Choice", plan.forward[0].title):
        yield f"Enter: starts at {enter.get('Default')}, not at {plan.forward[0].title}"
    if enter.get("Choices") != [{"And": [_SAYS_SO, _ONLY_UNDOES], "Next": last}]:
        yield f"Enter: `mode: undo`, and nothing else, must lead to {last}"


def _steps_go_forward_in_order(machine: Machine, plan: Plan) -> Iterator[str]:
    names = [*(step.title for step in plan.forward), "Complete", "Completed"]
    for name, to in pairwise(names):
        yield from _leads(machine, name, "Next", to)
    yield from _ends(machine, "Completed")


def _undos_go_back_in_order(machine: Machine, plan: Plan) -> Iterator[str]:
    """Law 6: an undo that keeps failing waits for an operator; no decision stops earlier undos."""
    for step, earlier in zip(plan.steps, ["Settle", *map(_undo, plan.steps)], strict=False):
        yield from _leads(machine, _undo(step), "Next", earlier)
        yield from _fails_into(machine, _undo(step), _park(step))
        yield from _leads(machine, _park(step), "Next", _resolve(step))
        yield from _fails_into(machine, _park(step), earlier)
        yield from _leads(machine, _resolve(step), "Default", earlier)
        again = [{**_AGAIN, "Next": _undo(step)}]
        if state_of(machine, _resolve(step)).get("Choices") != again:
            yield f"{_resolve(step)}: `retry`, and nothing else, must lead to {_undo(step)}"
    yield from _leads(machine, "Settle", "Next", "Undone")
    yield from _fails_into(machine, "Settle", LAST_WORD)
    yield from _leads(machine, LAST_WORD, "Next", "Undone")
    yield from _ends(machine, "Undone")


def _what_fails_is_undone(machine: Machine, plan: Plan) -> Iterator[str]:
    """Law 5: undo starts at the failed step, or on Undoing at the last step."""
    whole = _undo(plan.steps[-1])
    for step in plan.forward:
        expected = [(("Undoing",), whole), ((ALL,), _undo(step))]
        found = catches(state_of(machine, step.title))
        if found[:-1] != expected[:-1]:
            yield f"{step.title}: `Undoing` must lead to {whole}, before all other errors"
        if found[-1:] != expected[-1:]:
            yield f"{step.title}: its errors lead to {_targets(found[-1:])}, not to {_undo(step)}"
    yield from _fails_into(machine, "Complete", whole)


def _undo_never_fails_the_execution(machine: Machine, _plan: Plan) -> Iterator[str]:
    for name, state in machine["States"].items():
        if state.get("Type") == "Fail":
            yield f"{name}: a Fail state would let a redrive run the undo again"


def _no_time_ends_the_execution(machine: Machine, _plan: Plan) -> Iterator[str]:
    if "TimeoutSeconds" in machine:
        yield f"{machine['StartAt']}: no Catch handles a timeout of the whole execution"


RULES_OF_ORDER = (
    _every_state_is_reached,
    _an_execution_starts_or_only_undoes,
    _steps_go_forward_in_order,
    _undos_go_back_in_order,
    _what_fails_is_undone,
    _undo_never_fails_the_execution,
    _no_time_ends_the_execution,
)


def _leads(machine: Machine, name: str, by: str, to: str) -> Iterator[str]:
    found = state_of(machine, name).get(by)
    if found != to:
        yield f"{name}: leads to {found}, not to {to}"


def _fails_into(machine: Machine, name: str, to: str) -> Iterator[str]:
    found = catches(state_of(machine, name))
    if found != [((ALL,), to)]:
        yield f"{name}: its errors lead to {_targets(found)}, not to {to}"


def _targets(found: Sequence[tuple[tuple[str, ...], str | None]]) -> str:
    """Each next state, with the errors that lead to it unless these are all."""
    targets = (
        str(to) if errors == (ALL,) else f"{to} on {' or '.join(errors)} only"
        for errors, to in found
    )
    return ", ".join(targets) or "nothing"


def _ends(machine: Machine, name: str) -> Iterator[str]:
    if state_of(machine, name).get("Type") != "Succeed":
        yield f"{name}: is not a Succeed state"


def _undo(step: Step) -> str:
    return f"Undo{step.title}"


def _park(step: Step) -> str:
    return f"Park{step.title}"


def _resolve(step: Step) -> str:
    return f"Resolve{step.title}"
