"""Commands besides `containerize`: imperative, strict, each with the id of what it changes."""

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
    """A command on one workflow. Subclasses add their own fields."""

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
    """A declared size is part of the signed URL: the bucket refuses any other size."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size_bytes: Annotated[int, Field(ge=1)] | None = None
