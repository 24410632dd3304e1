"""How long an undo keeps the undos of other executions waiting."""

from collections.abc import Callable
from datetime import datetime, timedelta

from slipway.saga.errors import UndoInFlight
from slipway.saga.plan import Step
from slipway.saga.state import Lease, Saga

MARGIN_S = 60
Holds = Callable[[Lease, datetime], bool]
"""Whether the function that took the lease may still run."""


def term_of(step: Step) -> timedelta:
    """Longer than its undo can run."""
    return timedelta(seconds=step.undo_timeout_s + MARGIN_S)


def until_it_expires(lease: Lease, now: datetime) -> bool:
    """A function outlives its execution and cannot be asked: only time tells that it is over."""
    return lease.expires_at > now


def refuse_second_pass(saga: Saga, execution: str, holds: Holds, now: datetime) -> None:
    """Raises UndoInFlight while another execution may be at an undo."""
    lease = saga.workflow.lease
    if lease and lease.holder != execution and holds(lease, now):
        raise UndoInFlight("undo_in_flight", f"{lease.holder} is undoing this workflow")
