"""What an operator asks of the tables, and what is told."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from slipway.messages.commands import WorkflowId


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RebuildReadTable(_Message):
    """Begin, or go on with what is under way."""


class RebuildProgress(_Message):
    """`active` is the table that answers now; `workflows` are in the new one. Ask until `done`."""

    phase: Literal["serving", "clearing", "filling", "switched"]
    active: Literal["blue", "green"]
    workflows: int
    done: bool


class Replay(_Message):
    workflow_id: WorkflowId


class Replayed(_Message):
    """So many events were told, and acted upon, again."""

    workflow_id: str
    events: int
