"""Accessors for the rules: a missing part of a malformed machine reads as empty."""

from collections.abc import Iterator, Mapping
from typing import Any

Machine = Mapping[str, Any]
State = Mapping[str, Any]
ALL = "States.ALL"
_WITH_TOKEN = "waitForTaskToken"  # noqa: S105  (the name of a pattern)


def state_of(machine: Machine, name: str) -> State:
    found: State = machine["States"].get(name, {})
    return found


def tasks(machine: Machine) -> Iterator[tuple[str, State]]:
    for name, state in machine["States"].items():
        if state.get("Type") == "Task":
            yield name, state


def waits(state: State) -> bool:
    return str(state.get("Resource")).endswith(_WITH_TOKEN)


def called(state: State) -> str:
    """The function that a task calls, also if the task waits for a token."""
    return str(state.get("Parameters", {}).get("FunctionName", state.get("Resource")))


def given(state: State) -> Mapping[str, Any]:
    """The payload of the function."""
    parameters: Mapping[str, Any] = state.get("Parameters", {})
    payload: Mapping[str, Any] = parameters.get("Payload", {}) if waits(state) else parameters
    return payload


def catches(state: State) -> list[tuple[tuple[str, ...], str | None]]:
    """Pairs of error names and next state, in matching order."""
    return [(tuple(c.get("ErrorEquals", ())), c.get("Next")) for c in state.get("Catch", ())]


def retries(state: State, error: str) -> State:
    """The first Retry entry that matches this error; empty if none does."""
    matching = (r for r in state.get("Retry", ()) if {error, ALL} & set(r.get("ErrorEquals", ())))
    return next(matching, {})


def following(state: State) -> list[str]:
    choices = [choice.get("Next") for choice in state.get("Choices", ())]
    caught = [to for _, to in catches(state)]
    direct = [state[key] for key in ("Next", "Default") if key in state]
    return [*direct, *choices, *caught]
