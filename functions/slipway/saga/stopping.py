"""Whether a step that runs should stop: asked as often as it likes, looked up twice a second."""

import time
from collections.abc import Callable

from slipway.saga.state import Saga
from slipway.saga.store import Store

LOOK_EVERY_S = 0.5


def stop_signal(
    store: Store, saga: Saga, clock: Callable[[], float] = time.monotonic
) -> Callable[[], bool]:
    """`saga` has just been read, so there was no reason yet; a reason never goes away again."""
    looked_at, stopped = clock(), False

    def stop_requested() -> bool:
        nonlocal looked_at, stopped
        if not stopped and clock() - looked_at >= LOOK_EVERY_S:
            looked_at = clock()
            now = store.load(saga.workflow.workflow_id).workflow
            stopped = now.cancel is not None or now.is_fenced
        return stopped

    return stop_requested
