"""What an operator asks of the tables, and what is told."""

from collections.abc import Mapping
from datetime import datetime
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


class Drain(_Message):
    """What is not over, of all owners."""


class UnderWay(_Message):
    workflow_id: str
    owner: str
    definition_version: str
    status: str
    updated_at: datetime


class DrainReport(_Message):
    """`versions`: how many began under which version of the plan. The longest unchanged first."""

    drained: bool
    versions: Mapping[str, int]
    items: tuple[UnderWay, ...]


class Replay(_Message):
    workflow_id: WorkflowId


class Replayed(_Message):
    """So many events were told, and acted upon, again."""

    workflow_id: str
    events: int
