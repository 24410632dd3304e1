"""Events: permanent facts in the past tense, with the attributes of CloudEvents 1.0."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slipway.messages.attribute_rules import sanitized
from slipway.messages.attributes import Attributes
from slipway.messages.cloudevents import to_dict
from slipway.messages.message import Message

Kind = Literal["workflow", "session", "config"]


class Event(BaseModel):
    """`sequence` counts from 1 within its subject; without gaps, unless the subject is a sweep.

    `subject` is the id of a workflow or a session; of a configuration, its owner; of resources that
    a sweep removed for an unknown workflow, the sweep. `causation_id` is the command that caused
    the event, `actor` that command's caller; both are None without a command. `data` holds what
    changed of a workflow: `workflow` (header fields) and `step` (a step's record); of other
    subjects it holds the full state: `session`, `config`, `resource`.
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
    def _as_first_stored(cls, stored: Any) -> Any:
        """Events are permanent: those stored before sessions existed name a `workflow_id`."""
        if isinstance(stored, Mapping) and "workflow_id" in stored:
            return {"subject" if k == "workflow_id" else k: v for k, v in stored.items()}
        return stored

    @property
    def kind(self) -> Kind:
        """The kind of the subject."""
        part = self.type.removeprefix("slipway.").partition(".")[0]
        return cast("Kind", part) if part in {"session", "config"} else "workflow"

    @property
    def workflow_id(self) -> str:
        """The subject of a workflow's event."""
        return self.subject

    @property
    def id(self) -> str:
        """Deterministic, so that a consumer can deduplicate."""
        return self._id(self.sequence)

    @property
    def cause(self) -> str | None:
        """The id of the command that caused it, else of the event before it, else None."""
        is_swept = self.type.startswith("slipway.resource.")
        before = None if self.sequence == 1 or is_swept else self._id(self.sequence - 1)
        return self.causation_id or before

    def attributes(self, source: str) -> Attributes:
        """Valid for any event: names of callers come from outside, and must not stop the stream."""
        actor = {"actor": sanitized(self.actor)} if self.actor else {}
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
