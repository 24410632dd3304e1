"""Decide on what is stored now, write it, and decide anew when somebody else was faster."""

import random
import time
from collections.abc import Callable

from slipway.saga.errors import Unavailable
from slipway.saga.state import Saga
from slipway.saga.store import Change, Conflict, Store

TRIES = 16
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.01, 0.5
"""All of them together: 5 s at most, a third of a command's time."""


def update(
    store: Store,
    workflow_id: str,
    decide: Callable[[Saga], Change | None],
    loaded: Saga | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Saga:
    """`decide` may be called several times and returns None when there is nothing to write.

    Gives `loaded` a first chance, which saves a read. Raises Unavailable when every try was
    overtaken.
    """
    saga = loaded or store.load(workflow_id)
    for number in range(TRIES):
        change = decide(saga)
        if change is None:
            return saga
        try:
            store.commit(change)
        except Conflict:
            _wait_after(number, pause)
            saga = store.load(workflow_id)
            continue
        return applied(saga, change)
    raise Unavailable(
        "overtaken", f"{workflow_id} changes too fast", fix="send the request again in a moment"
    )


def _wait_after(number: int, pause: Callable[[float], None]) -> None:
    """Not after the first: mostly there is only one other. Then by chance, so that they part."""
    if number:
        longest_s = min(_FIRST_PAUSE_S * 2**number, _LONGEST_PAUSE_S)
        pause(random.uniform(0, longest_s))  # noqa: S311  (nothing to guess)


def applied(saga: Saga, change: Change) -> Saga:
    steps = {**saga.steps, **{step.name: step for step in change.steps}}
    return Saga(workflow=change.workflow, steps=steps)
