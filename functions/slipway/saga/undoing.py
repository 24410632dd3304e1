"""Calls a step's undo function, and retries it if the step finished after its undo."""

import inspect
import time
from collections.abc import Callable
from typing import Any

from slipway.saga.errors import Rejected
from slipway.saga.failures import logged_failure
from slipway.saga.step import Behaviour
from slipway.saga.workflow import Workflow

LATE_TRIES = 5
_FIRST_PAUSE_S = 0.1


def undo(behaviour: Behaviour, workflow: Workflow[Any]) -> None:
    """Raises the function's own error, or Rejected if it returned an awaitable or a generator."""
    act: Callable[..., object] = behaviour.compensate
    answer = act(workflow, **behaviour.built_ports())
    if inspect.isawaitable(answer) or inspect.isgenerator(answer) or inspect.isasyncgen(answer):
        raise Rejected(
            "defect",
            f"the undo of {behaviour.name} returned {type(answer).__name__}, which never ran",
            fix="make it an ordinary function that has undone everything when it returns",
        )


def undo_late_effect(
    behaviour: Behaviour, workflow: Workflow[Any], pause: Callable[[float], None] = time.sleep
) -> None:
    """Undo the effect of a step that finished after its undo ran.

    Retries here because no other execution will.
    """
    for tries in range(LATE_TRIES - 1):
        try:
            undo(behaviour, workflow)
        except Exception as error:  # noqa: BLE001  (an undo is retried on any error)
            logged_failure("late_undo_failed", workflow.id, behaviour.name, error)
            pause(_FIRST_PAUSE_S * 2**tries)
        else:
            return
    undo(behaviour, workflow)
