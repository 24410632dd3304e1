"""Sagas: plans of steps with compensations, their runner, and the record of each workflow."""

from slipway.saga.errors import Rejected, StepError, Unavailable
from slipway.saga.in_process import Sagas
from slipway.saga.outcome import Outcome, Pending
from slipway.saga.plan import Plan, Step
from slipway.saga.plan_validation import InvalidPlan
from slipway.saga.runner import Runner
from slipway.saga.state import (
    Receipt,
    ReceiptItem,
    Saga,
    Status,
    StepRecord,
    StepStatus,
    WorkflowRecord,
)
from slipway.saga.step import Behaviour, step
from slipway.saga.store import Change, Conflict, NotFound, Store, TargetLocked
from slipway.saga.tasks import Tasks
from slipway.saga.workflow import Workflow

__all__ = [
    "Behaviour",
    "Change",
    "Conflict",
    "InvalidPlan",
    "NotFound",
    "Outcome",
    "Pending",
    "Plan",
    "Receipt",
    "ReceiptItem",
    "Rejected",
    "Runner",
    "Saga",
    "Sagas",
    "Status",
    "Step",
    "StepError",
    "StepRecord",
    "StepStatus",
    "Store",
    "TargetLocked",
    "Tasks",
    "Unavailable",
    "Workflow",
    "WorkflowRecord",
    "step",
]
