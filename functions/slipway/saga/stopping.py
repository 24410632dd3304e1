"""The stop signal of a running step; polls the store at most twice a second."""

import time
from collections.abc import Callable

from slipway.saga.state import Saga
from slipway.saga.store import Store

LOOK_EVERY_S = 0.5


def stop_signal(
    store: Store, saga: Saga, clock: Callable[[], float] = time.monotonic
) -> Callable[[], bool]:
    """Returns a function that reports whether to stop. Once True, it stays True.

    `saga` must be freshly loaded: the store is not read before the first interval has passed.
    """
    looked_at, stopped = clock(), False

    def stop_requested() -> bool:
        nonlocal looked_at, stopped
        if not stopped and clock() - looked_at >= LOOK_EVERY_S:
            looked_at = clock()
            now = store.load(saga.workflow.workflow_id).workflow
            stopped = now.cancel is not None or now.is_fenced
        return stopped

    return stop_requested
