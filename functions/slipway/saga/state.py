"""What is recorded of a workflow: the aggregate and its steps. Frozen values, no behaviour."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Status(StrEnum):
    REQUESTED = "REQUESTED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    COMPENSATING = "COMPENSATING"
    PARKED = "PARKED"
    COMPENSATED = "COMPENSATED"
    COMPENSATED_WITH_LEFTOVERS = "COMPENSATED_WITH_LEFTOVERS"

    @property
    def is_terminal(self) -> bool:
        return self in _TERMINAL

    @property
    def is_undoing(self) -> bool:
        """True from the first undo on, for ever: no step may run forward again."""
        return self in _UNDOING


_TERMINAL = {Status.COMPLETED, Status.COMPENSATED, Status.COMPENSATED_WITH_LEFTOVERS}
_UNDOING = {
    Status.COMPENSATING,
    Status.PARKED,
    Status.COMPENSATED,
    Status.COMPENSATED_WITH_LEFTOVERS,
}


class StepStatus(StrEnum):
    PENDING = "PENDING"
    INTENT = "INTENT"
    DONE = "DONE"
    FAILED = "FAILED"
    UNDO_INTENT = "UNDO_INTENT"
    UNDONE = "UNDONE"
    UNDO_PARKED = "UNDO_PARKED"
    UNDO_SKIPPED = "UNDO_SKIPPED"
    KEPT = "KEPT"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Failure(_Record):
    """Why a step failed. `clean`: proof that it changed nothing outside."""

    code: str
    message: str
    fix: str | None = None
    clean: bool = False


class WorkflowFailure(_Record):
    """The first cause, named by its step; later failures of undos never replace it."""

    step: str | None
    code: str
    message: str
    fix: str | None = None


class Decision(StrEnum):
    """What an operator says to an undo that cannot succeed."""

    RETRY = "retry"
    SKIP = "skip"
    DONE = "done"


class Resolution(_Record):
    decision: Decision
    reason: str | None = None
    decided_at: datetime
    decided_by: str


class Undo(_Record):
    """`resolution` is of the last time it was parked, None while it still waits for one."""

    status: StepStatus = StepStatus.UNDO_INTENT
    attempts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: Failure | None = None
    task_token: str | None = None
    resolution: Resolution | None = None


class StepRecord(_Record):
    name: str
    number: int
    status: StepStatus = StepStatus.PENDING
    attempts: int = 0
    intent: Mapping[str, Any] | None = None
    created: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    outputs: Mapping[str, Any] = Field(default_factory=dict)
    error: Failure | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    undo: Undo | None = None
    task_token: str | None = None

    @property
    def may_have_acted(self) -> bool:
        """Only such a step is undone: it reached INTENT and is not proven clean."""
        if self.status is StepStatus.FAILED:
            return self.error is None or not self.error.clean
        return self.status is not StepStatus.PENDING

    @property
    def needs_undo(self) -> bool:
        return self.may_have_acted and not self.undo_is_over

    @property
    def undo_is_over(self) -> bool:
        """Undone, kept as declared, or left as it is by an operator: not to be tried again."""
        return self.status in _UNDO_OVER


_UNDO_OVER = {StepStatus.UNDONE, StepStatus.KEPT, StepStatus.UNDO_SKIPPED}


class Cancel(_Record):
    reason: str
    requested_at: datetime
    requested_by: str


class Rollback(_Record):
    """A completed workflow was asked to take back what it deployed."""

    reason: str
    requested_at: datetime
    requested_by: str


class Lease(_Record):
    """Who may undo now: one execution at a time."""

    holder: str
    expires_at: datetime


class ReceiptItem(_Record):
    """`state`: absent, restored, kept (irreversible or audit) or leftover."""

    kind: str
    name: str
    step: str
    state: str
    detail: str | None = None


class Receipt(_Record):
    clean: bool
    checked_at: datetime
    items: tuple[ReceiptItem, ...] = ()


class WorkflowRecord(_Record):
    """The aggregate. `version` is the number of the workflow's last event.

    `sealed` names what belongs to the request, is kept outside of the table and told to nobody.
    `defaults` says which fields of the request came from where.
    `world` is which outside world it acts on, None in one recorded without.
    `execution` drives it; None means the first one, which is named like the workflow. `waits_for`
    is who had the target when it was requested; nothing drives it before its turn.
    """

    workflow_id: str
    status: Status = Status.REQUESTED
    version: int = 0
    definition: str
    definition_version: str
    request: Mapping[str, Any]
    defaults: Mapping[str, Any] | None = None
    sealed: str | None = None
    owner: str
    session_id: str | None = None
    rehearsal: bool = False
    world: Mapping[str, str] | None = None
    lock: str | None = None
    execution: str | None = None
    waits_for: str | None = None
    cancel: Cancel | None = None
    rollback: Rollback | None = None
    error: WorkflowFailure | None = None
    lease: Lease | None = None
    receipt: Receipt | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def in_charge(self) -> str:
        """The name of the execution that drives it."""
        return self.execution or self.workflow_id

    def has_replaced(self, execution: str | None) -> bool:
        """Another one was put in charge since: this one has no say any more. None replaces none."""
        return None not in (self.execution, execution) and self.execution != execution

    @property
    def is_over(self) -> bool:
        """Nothing is to come: also a completed one may be about to be undone."""
        about_to_be_undone = self.status is Status.COMPLETED and self.execution is not None
        return self.status.is_terminal and not about_to_be_undone

    @property
    def is_fenced(self) -> bool:
        """No step may run forward any more: it is being undone, or that was asked for."""
        return self.status.is_undoing or self.execution is not None


class Saga(_Record):
    """A workflow with the steps that were begun, by name."""

    workflow: WorkflowRecord
    steps: Mapping[str, StepRecord] = Field(default_factory=dict)

    def step(self, name: str, number: int) -> StepRecord:
        return self.steps.get(name) or StepRecord(name=name, number=number)
