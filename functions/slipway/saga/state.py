"""The recorded state of a saga: the workflow aggregate and its steps, as frozen models."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

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
        """True once undoing has begun, and after it has finished: no step may run forward again."""
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

    def evolve(self, **changes: Any) -> Self:
        """Copy the record with these fields changed. Raises TypeError for a field it lacks."""
        if unknown := changes.keys() - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        return self.model_copy(update=changes)


class Failure(_Record):
    """Why a step failed. `clean`: proof that it had no side effects."""

    code: str
    message: str
    fix: str | None = None
    clean: bool = False


class WorkflowFailure(_Record):
    """The first cause and its step. Later failures, such as those of undos, never replace it."""

    step: str | None
    code: str
    message: str
    fix: str | None = None


class Decision(StrEnum):
    """An operator's decision about a parked undo."""

    RETRY = "retry"
    SKIP = "skip"
    DONE = "done"


class Resolution(_Record):
    decision: Decision
    reason: str | None = None
    decided_at: datetime
    decided_by: str


class Undo(_Record):
    """`resolution` is the decision on the latest parking; None while it is pending."""

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
        """Whether it reached INTENT and is not known to be clean. Only such steps are undone."""
        if self.status is StepStatus.FAILED:
            return self.error is None or not self.error.clean
        return self.status is not StepStatus.PENDING

    @property
    def needs_undo(self) -> bool:
        return self.may_have_acted and not self.undo_is_over

    @property
    def undo_is_over(self) -> bool:
        """Whether the undo is final (UNDONE, KEPT, or UNDO_SKIPPED by an operator): not retried."""
        return self.status in _UNDO_OVER


_UNDO_OVER = {StepStatus.UNDONE, StepStatus.KEPT, StepStatus.UNDO_SKIPPED}


class Cancel(_Record):
    reason: str
    requested_at: datetime
    requested_by: str


class Rollback(_Record):
    """A request to undo a completed workflow."""

    reason: str
    requested_at: datetime
    requested_by: str


class Lease(_Record):
    """The undo lease: only the execution `holder` may undo the workflow until `expires_at`."""

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
    """The workflow aggregate. `version` is the sequence number of its last event.

    `sealed` identifies secrets of the request that are stored outside the table; it is never
    published. `defaults` records which request fields were defaulted, and from where. `world`
    identifies the environment that the workflow acts on; None in records without it. `execution` is
    the execution in charge; None means the first one, which is named like the workflow. `waits_for`
    is the workflow that held the target at submission; while it is set, the workflow is queued and
    not driven.
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
        """The name of the execution that drives the workflow."""
        return self.execution or self.workflow_id

    def has_replaced(self, execution: str | None) -> bool:
        """Whether an execution other than this one is in charge; False if either is None."""
        return None not in (self.execution, execution) and self.execution != execution

    @property
    def is_over(self) -> bool:
        """Whether the workflow is finished. A completed one with a requested undo is not."""
        about_to_be_undone = self.status is Status.COMPLETED and self.execution is not None
        return self.status.is_terminal and not about_to_be_undone

    @property
    def is_fenced(self) -> bool:
        """Whether forward steps are barred: an undo was requested, is running or has finished."""
        return self.status.is_undoing or self.execution is not None


class Saga(_Record):
    """A workflow and the records of the steps that were started, by name."""

    workflow: WorkflowRecord
    steps: Mapping[str, StepRecord] = Field(default_factory=dict)

    def step(self, name: str, number: int) -> StepRecord:
        return self.steps.get(name) or StepRecord(name=name, number=number)
