"""Optimistic concurrency: load, decide, commit, and retry on a version conflict."""

import random
import time
from collections.abc import Callable

from slipway.saga.errors import Unavailable
from slipway.saga.state import Saga
from slipway.saga.store import Change, Conflict, Store

TRIES = 16
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.01, 0.5
"""Bounds of the backoff. All pauses of one update together take less than 6 s."""


def update(
    store: Store,
    workflow_id: str,
    decide: Callable[[Saga], Change | None],
    loaded: Saga | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Saga:
    """Apply `decide` to the current state and commit its change; returns the saga afterwards.

    `decide` is called again after a conflict, and returns None if there is nothing to write.
    `loaded` is used for the first attempt and saves a read. Raises Unavailable if every attempt
    conflicts.
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
        "overtaken",
        f"too many concurrent changes to {workflow_id}",
        fix="send the request again in a moment",
    )


def _wait_after(number: int, pause: Callable[[float], None]) -> None:
    """Random exponential backoff; none after the first conflict, mostly with a single rival."""
    if number:
        longest_s = min(_FIRST_PAUSE_S * 2**number, _LONGEST_PAUSE_S)
        pause(random.uniform(0, longest_s))  # noqa: S311  (jitter, no secret)


def applied(saga: Saga, change: Change) -> Saga:
    steps = {**saga.steps, **{step.name: step for step in change.steps}}
    return Saga(workflow=change.workflow, steps=steps)
