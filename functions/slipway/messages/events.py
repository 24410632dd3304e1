"""Events: what happened, in the past tense; permanent, with the attributes of CloudEvents 1.0."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slipway.messages.attribute_rules import mended
from slipway.messages.attributes import Attributes
from slipway.messages.cloudevents import to_dict
from slipway.messages.message import Message

Kind = Literal["workflow", "session", "config"]


class Event(BaseModel):
    """`sequence` counts from 1 within its subject; without gaps, unless that is a sweep.

    `subject` is the id of a workflow or a session; of a configuration, its owner; of what a sweep
    removed of a workflow that nobody knows, the sweep. `causation_id` is the command that it
    follows from, `actor` who sent it; None when nobody did. `data` holds what changed of a
    workflow: `workflow` (header fields) and `step` (a step's record); of the others it holds all of
    it: `session`, `config`, `resource`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    sequence: int = Field(ge=1)
    type: str
    time: datetime
    owner: str
    correlation_id: str
    causation_id: str | None = None
    actor: str | None = None
    data: Mapping[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _as_first_stored(cls, told: Any) -> Any:
        """Events are permanent: those from before there were sessions name a workflow."""
        if isinstance(told, Mapping) and "workflow_id" in told:
            return {"subject" if k == "workflow_id" else k: v for k, v in told.items()}
        return told

    @property
    def kind(self) -> Kind:
        """What the subject is."""
        part = self.type.removeprefix("slipway.").partition(".")[0]
        return cast("Kind", part) if part in {"session", "config"} else "workflow"

    @property
    def workflow_id(self) -> str:
        """The subject of a workflow's event."""
        return self.subject

    @property
    def id(self) -> str:
        """Derived, so that a consumer can drop what it has seen."""
        return self._id(self.sequence)

    @property
    def cause(self) -> str | None:
        """The command that it follows from, or the event that it was decided upon; else None."""
        is_swept = self.type.startswith("slipway.resource.")
        before = None if self.sequence == 1 or is_swept else self._id(self.sequence - 1)
        return self.causation_id or before

    def attributes(self, source: str) -> Attributes:
        """Of any event: whoever names callers is not ours, and must not stop the stream."""
        actor = {"actor": mended(self.actor)} if self.actor else {}
        return Attributes(
            id=self.id,
            source=source,
            type=self.type,
            subject=self.subject,
            time=self.time,
            content_type="application/json",
            correlation_id=self.correlation_id,
            causation_id=self.cause,
            extensions={**actor, "sequence": self.sequence},
        )

    def to_cloudevent(self, stage: str) -> dict[str, Any]:
        """Structured JSON form."""
        return to_dict(Message(dict(self.data), self.attributes(f"slipway/{stage}")))

    def _id(self, sequence: int) -> str:
        name = f"config-{self.subject}" if self.kind == "config" else self.subject
        return f"{name}-{sequence:06d}"
