"""Whose turn it is on a target, once somebody has left it."""

from collections.abc import Callable
from datetime import datetime

from slipway.messages.clock import utc_now
from slipway.saga import operations
from slipway.saga.state import Saga
from slipway.saga.store import Change, Store, TargetLocked
from slipway.saga.update import update


def admit_next(store: Store, target: str, now: Callable[[], datetime] = utc_now) -> bool:
    """The first of those who wait takes the target; False when there is none, or it stays out.

    One that was cancelled meanwhile is passed over: it leaves the queue at its own end, which
    lets the next one in.
    """
    lock = store.target(target)
    if lock.holder or not lock.waiting:
        return False

    def decide(saga: Saga) -> Change | None:
        workflow = saga.workflow
        stays_out = workflow.cancel or workflow.execution or not workflow.waits_for
        return None if stays_out else operations.admitted(saga, now())

    try:
        return not update(store, lock.waiting[0], decide).workflow.waits_for
    except TargetLocked:
        return False  # somebody was let in meanwhile, by this same way
