"""Shape rules: the type and the fields of every state."""

from collections.abc import Iterator

from slipway.saga.machine.states import Machine, waits
from slipway.saga.plan import Plan

_TASK = {"Resource", "Parameters", "TimeoutSeconds", "Retry", "Catch", "ResultPath", "Next"}
_WAITING_TASK = _TASK | {"HeartbeatSeconds", "ResultSelector"}
_FIELDS = {"Choice": {"Choices", "Default"}, "Succeed": set[str]()}


def _every_state_is_of_its_type(machine: Machine, plan: Plan) -> Iterator[str]:
    choices = {"Enter", *(f"Resolve{step.title}" for step in plan)}
    for name, state in machine["States"].items():
        expected = "Succeed" if name in {"Completed", "Undone"} else "Task"
        expected = "Choice" if name in choices else expected
        if state.get("Type") != expected:
            yield f"{name}: is a {state.get('Type')}, not a {expected}"


def _no_state_has_other_fields(machine: Machine, _plan: Plan) -> Iterator[str]:
    """Such as OutputPath or Assign: what they change is outside of what the other rules check."""
    for name, state in machine["States"].items():
        usual = _WAITING_TASK if waits(state) else _FIELDS.get(state.get("Type", ""), _TASK)
        yield from (f"{name}: has {field}" for field in sorted(state.keys() - usual - {"Type"}))


RULES_OF_SHAPE = (_every_state_is_of_its_type, _no_state_has_other_fields)
