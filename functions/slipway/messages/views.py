"""What clients read: the view of a workflow, and the answers to commands.

The same in HTTP, CLI and MCP. Times are RFC 3339 in UTC, durations in ms, sizes in bytes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """What an event tells beyond these fields is not for clients, and is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class FailureView(View):
    code: str
    message: str
    fix: str | None = None


class WorkflowFailureView(FailureView):
    """`step` is None when the cause was no step: a cancel, or a stop from outside."""

    step: str | None = None


class ResolutionView(View):
    """`decision`: retry, skip (left as it is) or done (removed by hand)."""

    decision: str
    reason: str | None = None
    decided_at: datetime
    decided_by: str


class UndoView(View):
    """`resolution` is what an operator decided when the undo was last parked."""

    status: str
    attempts: int
    duration_ms: int | None = None
    error: FailureView | None = None
    resolution: ResolutionView | None = None


class StepView(View):
    """`duration_ms` counts from the first attempt to the end, waits between attempts included."""

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
    """`digest` is None until the image was pushed."""

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
    """`fields` of the request that the caller's configuration, at this version, gave."""

    config_version: int
    fields: tuple[str, ...]


class WorkflowView(View):
    """`version` is the number of the last event in it. `steps` are all of the plan's, in order.

    `image`, `service`, `error`, `cancel`, `rollback` and `receipt` are None until there is one;
    `defaults` is None when the request was complete. `world` names the engine and the cluster
    that it acts on, None in one of an earlier version. `waits_for` is the workflow that works on
    the same target, while this one waits for its turn.
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
    """Older than what was asked for, and said so."""

    stale: Literal[True] = True


class UndoPlanStep(View):
    """`removes` was made by the step, `restores` was there before and was changed, `keeps` stays.

    `action`: undo, keep (irreversible), leave (an operator said so), wait (parked, until it is
    resolved) or nothing. `reason` says why it is not simply undone.
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
    """What an undo would do now. `steps` stand in the order in which they would be undone.

    `command` would bring it about: cancel, rollback or resolve; None while it is going on, or when
    there is nothing to undo. `possible` is false when it would be refused, for that `reason`.
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
    """`version` is what to give as `min_version` to read one's own write."""

    workflow_id: str
    version: int


class Link(View):
    """A URL that needs no credentials until it expires. Send `headers` exactly as they are."""

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
    """`components` are all that were found, `chosen` is the path of the one that would be built.

    Where the digest of the pushed image will stand, `manifests` have zeros. `defaults` is None when
    the request was complete.
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
