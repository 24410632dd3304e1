"""Operators' commands and queries for maintenance of the tables, and their answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from slipway.messages.commands import WorkflowId


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RebuildReadTable(_Message):
    """Begin a rebuild, or continue the one that is under way."""


class RebuildProgress(_Message):
    """`active` is the table that serves now; `workflows` counts those in the new one.

    Repeat the request until `done`.
    """

    phase: Literal["serving", "clearing", "filling", "switched"]
    active: Literal["blue", "green"]
    workflows: int
    done: bool


class Drain(_Message):
    """Asks for the unfinished workflows of all owners."""


class UnderWay(_Message):
    workflow_id: str
    owner: str
    definition_version: str
    status: str
    updated_at: datetime


class DrainReport(_Message):
    """`versions` counts workflows by version of the plan. `items`: the longest unchanged first."""

    drained: bool
    versions: Mapping[str, int]
    items: tuple[UnderWay, ...]


class Replay(_Message):
    workflow_id: WorkflowId


class Replayed(_Message):
    """`events` is how many events were published and acted upon again."""

    workflow_id: str
    events: int
