"""The undo lease: how long an execution keeps others from undoing the same workflow."""

from collections.abc import Callable
from datetime import datetime, timedelta

from slipway.saga.errors import UndoInFlight
from slipway.saga.plan import Step
from slipway.saga.state import Lease, Saga

MARGIN_S = 60
Holds = Callable[[Lease, datetime], bool]
"""Whether the function that took the lease may still run."""


def term_of(step: Step) -> timedelta:
    """The term of a step's lease: longer than its undo can run."""
    return timedelta(seconds=step.undo_timeout_s + MARGIN_S)


def until_it_expires(lease: Lease, now: datetime) -> bool:
    """A function may outlive its execution and cannot be queried, so only expiry ends the lease."""
    return lease.expires_at > now


def refuse_second_pass(saga: Saga, execution: str, holds: Holds, now: datetime) -> None:
    """Raises UndoInFlight while another execution may be running an undo."""
    lease = saga.workflow.lease
    if lease and lease.holder != execution and holds(lease, now):
        raise UndoInFlight("undo_in_flight", f"{lease.holder} is undoing this workflow")
