"""Admit the next queued workflow when a deployment target is released."""

from collections.abc import Callable
from datetime import datetime

from slipway.messages.clock import utc_now
from slipway.saga import operations
from slipway.saga.state import Saga
from slipway.saga.store import Change, Store, TargetLocked
from slipway.saga.update import update


def admit_next(store: Store, target: str, now: Callable[[], datetime] = utc_now) -> bool:
    """Admit the first workflow in the queue; returns False if there is none or it stays queued.

    A cancelled workflow is not admitted: it leaves the queue when it ends, which admits the next
    one.
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
        return False  # a concurrent call admitted a workflow
