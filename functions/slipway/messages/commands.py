"""Commands beside `containerize`: imperative, strict, each with the id of what it changes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from slipway.messages.meaning import meaning
from slipway.messages.requests import CancelRequest, ResolveRequest, RollbackRequest

WorkflowId = Annotated[
    str,
    StringConstraints(pattern=r"^wf_[a-z0-9]{8,64}$"),
    meaning("give a workflow's id, wf_…"),
]


class WorkflowCommand(BaseModel):
    """On one workflow. What else is asked is a field of the command's own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    workflow_id: WorkflowId


class CancelWorkflow(CancelRequest):
    workflow_id: WorkflowId


class RollBackWorkflow(RollbackRequest):
    workflow_id: WorkflowId


class ResolveStep(ResolveRequest):
    workflow_id: WorkflowId
    step: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class OfferUpload(BaseModel):
    """A declared size becomes part of the signed URL: more, or less, is refused by the bucket."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size_bytes: Annotated[int, Field(ge=1)] | None = None
