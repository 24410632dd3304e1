"""Decide on what is stored now, write it, and decide anew when somebody else was faster."""

from collections.abc import Callable

from slipway.saga.state import Saga
from slipway.saga.store import Change, Conflict, Store

_TRIES = 10


def update(
    store: Store,
    workflow_id: str,
    decide: Callable[[Saga], Change | None],
    loaded: Saga | None = None,
) -> Saga:
    """`decide` may be called several times and returns None when there is nothing to write.

    Gives `loaded` a first chance, which saves a read. Raises Conflict when every try was overtaken.
    """
    saga = loaded or store.load(workflow_id)
    for _ in range(_TRIES):
        change = decide(saga)
        if change is None:
            return saga
        try:
            store.commit(change)
        except Conflict:
            saga = store.load(workflow_id)
            continue
        return applied(saga, change)
    raise Conflict(f"{workflow_id}: overtaken {_TRIES} times")


def applied(saga: Saga, change: Change) -> Saga:
    steps = {**saga.steps, **{step.name: step for step in change.steps}}
    return Saga(workflow=change.workflow, steps=steps)
