"""Records how a saga ended: completed, or undone with a receipt of what is left."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from slipway.messages.clock import utc_now
from slipway.saga import transitions
from slipway.saga.errors import Rejected
from slipway.saga.failures import logged_failure
from slipway.saga.plan import Plan
from slipway.saga.state import Receipt, ReceiptItem, Saga, Status, StepStatus
from slipway.saga.store import Change, Store
from slipway.saga.unresolved import with_unresolved
from slipway.saga.update import update

Inspector = Callable[[Saga], Iterable[ReceiptItem]]
"""Lists what one external system still has of a workflow. Raises Unavailable."""


def complete(
    plan: Plan, store: Store, workflow_id: str, now: Callable[[], datetime] = utc_now
) -> None:
    """Raises Rejected if a cancel or an undo was requested, or if a step is not done."""

    def decide(saga: Saga) -> Change | None:
        if saga.workflow.status is Status.COMPLETED:
            return None
        if saga.workflow.is_fenced or saga.workflow.cancel:
            raise Rejected("cancelled", "stopped on request before it was complete")
        open_steps = [s.name for s in plan.forward if not _is_done(saga, s.name)]
        if open_steps:
            raise Rejected("incomplete", f"not done: {', '.join(open_steps)}")
        return transitions.completed(saga, now())

    update(store, workflow_id, decide)


def settle(
    store: Store,
    workflow_id: str,
    inspectors: Sequence[Inspector],
    now: Callable[[], datetime] = utc_now,
    execution: str | None = None,
) -> None:
    """Inspect what is left and record the receipt. Raises Unavailable if an inspector does.

    Records nothing if another execution has taken over.
    """

    def look(saga: Saga) -> list[ReceiptItem]:
        return [item for ask in inspectors for item in ask(saga)]

    _settle(store, workflow_id, look, now, execution)


def settle_unverified(
    store: Store,
    workflow_id: str,
    inspectors: Sequence[Inspector],
    now: Callable[[], datetime] = utc_now,
    execution: str | None = None,
) -> None:
    """Like `settle`, but records what cannot be inspected as left over."""

    def look(saga: Saga) -> list[ReceiptItem]:
        return [item for ask in inspectors for item in _inspected(ask, saga)]

    _settle(store, workflow_id, look, now, execution)


def _settle(
    store: Store,
    workflow_id: str,
    look: Callable[[Saga], Sequence[ReceiptItem]],
    now: Callable[[], datetime],
    execution: str | None,
) -> None:
    saga = store.load(workflow_id)
    workflow = saga.workflow
    if not workflow.status.is_terminal and not workflow.has_replaced(execution):
        _record_receipt(store, saga, look(saga), now)


def _inspected(inspect: Inspector, saga: Saga) -> list[ReceiptItem]:
    try:
        return list(inspect(saga))
    except Exception as error:  # noqa: BLE001  (any error goes into the receipt)
        name = getattr(inspect, "__name__", type(inspect).__name__)
        why = logged_failure("not_inspected", saga.workflow.workflow_id, name, error)
        detail = f"{why.code}: {why.message}"
        return [ReceiptItem(kind="unchecked", name=name, step="-", state="leftover", detail=detail)]


def _record_receipt(
    store: Store, saga: Saga, items: Sequence[ReceiptItem], now: Callable[[], datetime]
) -> None:
    found = tuple(with_unresolved(saga, items))
    clean = all(item.state != "leftover" for item in found)
    receipt = Receipt(clean=clean, checked_at=now(), items=found)

    def decide(current: Saga) -> Change | None:
        if current.workflow.status.is_terminal:
            return None
        return transitions.settled(current, receipt, now())

    update(store, saga.workflow.workflow_id, decide, saga)


def _is_done(saga: Saga, name: str) -> bool:
    record = saga.steps.get(name)
    return record is not None and record.status is StepStatus.DONE
