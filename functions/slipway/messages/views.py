"""Response models: the view of a workflow, and the answers to commands.

The same in HTTP, CLI and MCP. Times are RFC 3339 in UTC, durations in ms, sizes in bytes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Ignores further fields of an event, which are not for clients."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class FailureView(View):
    code: str
    message: str
    fix: str | None = None


class WorkflowFailureView(FailureView):
    """`step` is None when no step was the cause, but a cancel, or a stop from outside."""

    step: str | None = None


class ResolutionView(View):
    """`decision`: retry, skip (left as it is) or done (removed by hand)."""

    decision: str
    reason: str | None = None
    decided_at: datetime
    decided_by: str


class UndoView(View):
    """`resolution` is the operator's decision when the undo was last parked."""

    status: str
    attempts: int
    duration_ms: int | None = None
    error: FailureView | None = None
    resolution: ResolutionView | None = None


class StepView(View):
    """`duration_ms` is from the first attempt to the end, including waits between attempts."""

    name: str
    status: str = "PENDING"
    attempts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_ms: int | None = None
    created: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    error: FailureView | None = None
    undo: UndoView | None = None


class ImageView(View):
    """`digest` is None until the image is pushed."""

    reference: str
    digest: str | None = None


class ServiceView(View):
    namespace: str
    name: str
    port: int


class CancelView(View):
    reason: str
    requested_at: datetime
    requested_by: str


class RollbackView(View):
    reason: str
    requested_at: datetime
    requested_by: str


class ReceiptItemView(View):
    """`state`: absent, restored, kept (irreversible or audit) or leftover."""

    kind: str
    name: str
    step: str
    state: Literal["absent", "restored", "kept", "leftover"]
    detail: str | None = None


class ReceiptView(View):
    clean: bool
    checked_at: datetime
    items: tuple[ReceiptItemView, ...] = ()


class DefaultsView(View):
    """`fields` of the request that were set by this version of the caller's configuration."""

    config_version: int
    fields: tuple[str, ...]


class WorkflowView(View):
    """`version` is the number of the last event in it. `steps` are all of the plan's, in order.

    `image`, `service`, `error`, `cancel`, `rollback` and `receipt` are None until they exist;
    `defaults` is None when the request was complete. `world` names the engine and the cluster that
    it acts on, None where they were not recorded. `waits_for` is the workflow that holds the same
    target, while this one is queued for it.
    """

    workflow_id: str
    status: str
    version: int
    definition_version: str
    rehearsal: bool
    world: Mapping[str, str] | None = None
    owner: str
    request: Mapping[str, Any]
    defaults: DefaultsView | None = None
    image: ImageView | None = None
    service: ServiceView | None = None
    steps: tuple[StepView, ...] = ()
    error: WorkflowFailureView | None = None
    cancel: CancelView | None = None
    rollback: RollbackView | None = None
    waits_for: str | None = None
    receipt: ReceiptView | None = None
    created_at: datetime
    updated_at: datetime


class StaleWorkflowView(WorkflowView):
    """Older than the version that was asked for, and marked as such."""

    stale: Literal[True] = True


class UndoPlanStep(View):
    """`removes` was made by the step, `restores` existed before and was changed, `keeps` stays.

    `action`: undo, keep (irreversible), leave (an operator's decision), wait (parked, until it is
    resolved) or nothing. `reason` explains why it is not simply undone.
    """

    name: str
    status: str
    action: Literal["undo", "keep", "leave", "wait", "nothing"]
    removes: tuple[str, ...] = ()
    restores: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    irreversible: bool = False
    reason: str | None = None


class UndoPlan(View):
    """What an undo would do now. `steps` are in the order in which they would be undone.

    `command` would start it: cancel, rollback or resolve; None while it is in progress, or when
    there is nothing to undo. `possible` is false when it would be refused, for the given `reason`.
    """

    workflow_id: str
    status: str
    version: int
    command: Literal["cancel", "rollback", "resolve"] | None
    possible: bool
    reason: str | None = None
    steps: tuple[UndoPlanStep, ...] = ()


class WorkflowPage(View):
    """Newest first. `next_cursor` is None on the last page."""

    items: tuple[WorkflowView, ...]
    next_cursor: str | None = None


class Accepted(View):
    """Pass `version` as `min_version` to read your own write."""

    workflow_id: str
    version: int


class Link(View):
    """A presigned URL, valid until it expires. Send `headers` exactly as they are."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = {}
    expires_at: datetime


class UploadOffer(View):
    upload_id: str
    url: str
    method: str
    headers: Mapping[str, str]
    expires_at: datetime
    max_size_bytes: int


class ArtifactLink(View):
    url: str
    expires_at: datetime


class PlannedWorkflow(View):
    """`components` are all that were found; `chosen` is the path of the one that would be built.

    In `manifests`, zeros stand for the digest of the pushed image. `defaults` is None when the
    request was complete.
    """

    components: tuple[Mapping[str, Any], ...]
    chosen: str
    dockerfile: str
    dockerignore: str
    manifests: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]
    defaults: DefaultsView | None = None


class Health(View):
    status: Literal["ok"] = "ok"
    stage: str
    rehearsal: bool
