"""Binds the steps of a plan to ports by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from slipway.saga.errors import Rejected
from slipway.saga.step import Behaviour, Execute

Bindable = Behaviour | Execute | tuple[Callable[..., Any] | None, ...]
"""A behaviour, the handler that `step` returned, or a tuple (do, undo) or (do, undo, intent).

A step that waits: (do, undo, intent or None, look). A retired step: (None, undo).
"""
Steps = Mapping[str, Bindable]


def bound(steps: Steps, ports: Mapping[str, object]) -> dict[str, Behaviour]:
    """The steps' behaviours, with these ports in place of their own."""
    return {name: _bound(name, step, ports) for name, step in steps.items()}


def _bound(name: str, step: Bindable, ports: Mapping[str, object]) -> Behaviour:
    if isinstance(step, tuple):
        execute, compensate, intent, look = (*step, None, None)[:4]
        if compensate is None:
            raise ValueError(f"{name} needs an undo function")
        provided = _provided(ports)
        return Behaviour(name, execute or _retired, compensate, intent, look, provided)
    behaviour = step.behaviour if isinstance(step, Execute) else step
    known = {port: ports[port] for port in behaviour.ports if port in ports}
    return replace(behaviour, ports={**behaviour.ports, **_provided(known)})


def _retired(*_workflow: object, **_ports: object) -> NoReturn:
    raise Rejected("retired", "this step is retired", clean=True)


def _provided(ports: Mapping[str, object]) -> dict[str, Callable[[], object]]:
    return {name: _constant(port) for name, port in ports.items()}


def _constant(port: object) -> Callable[[], object]:
    return lambda: port
