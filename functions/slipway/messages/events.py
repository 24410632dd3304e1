"""Events: what happened, in the past tense; permanent, with the attributes of CloudEvents 1.0."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from slipway.messages.attribute_rules import mended
from slipway.messages.attributes import Attributes
from slipway.messages.cloudevents import to_dict
from slipway.messages.message import Message


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

    def attributes(self, source: str) -> Attributes:
        """Of any event: whoever names callers is not ours, and must not stop the stream."""
        actor = {"actor": mended(self.actor)} if self.actor else {}
        return Attributes(
            id=self.id,
            source=source,
            type=self.type,
            subject=self.workflow_id,
            time=self.time,
            content_type="application/json",
            correlation_id=self.correlation_id,
            causation_id=self.causation_id or None,
            extensions={**actor, "sequence": self.sequence},
        )

    def to_cloudevent(self, stage: str) -> dict[str, Any]:
        """Structured JSON form."""
        return to_dict(Message(dict(self.data), self.attributes(f"slipway/{stage}")))
