"""Events: what happened, in the past tense; permanent, with the attributes of CloudEvents 1.0."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

SPEC_VERSION = "1.0"


class Event(BaseModel):
    """`sequence` counts from 1 within the workflow, without gaps.

    `causation_id` is the command that it follows from, `actor` who sent it; None when nobody did.
    `data` holds what changed: `workflow` (header fields) and `step` (a step's record).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    workflow_id: str
    sequence: int = Field(ge=1)
    type: str
    time: datetime
    owner: str
    correlation_id: str
    causation_id: str | None = None
    actor: str | None = None
    data: Mapping[str, Any] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """Derived, so that a consumer can drop what it has seen."""
        return f"{self.workflow_id}-{self.sequence:06d}"

    def to_cloudevent(self, stage: str) -> dict[str, Any]:
        """Structured JSON form."""
        return {
            "specversion": SPEC_VERSION,
            "id": self.id,
            "source": f"slipway/{stage}",
            "type": self.type,
            "subject": self.workflow_id,
            "time": self.time.isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "correlationid": self.correlation_id,
            **({"causationid": self.causation_id} if self.causation_id else {}),
            **({"actor": self.actor} if self.actor else {}),
            "sequence": self.sequence,
            "data": dict(self.data),
        }
