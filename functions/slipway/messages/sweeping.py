"""The sweep command and its report."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sweep(_Message):
    """Resources without a live workflow are spared while younger than `grace_minutes`."""

    model_config = ConfigDict(strict=True)

    dry_run: bool = False
    grace_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 365)] = 0


class Rescued(_Message):
    """A stuck workflow: it is undone, or admitted to its target.

    `rescued` is false in a dry run, and when the workflow acts on another engine or cluster.
    """

    workflow_id: str
    rescued: bool
    why: str


class Swept(_Message):
    """`state`: removed, would_remove (in a dry run) or kept; `detail` says why it is kept."""

    kind: str
    name: str
    workflow_id: str
    age_s: int | None
    why: str
    state: Literal["removed", "would_remove", "kept"]
    detail: str | None = None


class OutOfReach(_Message):
    """A part that could not be read, or an operation for one workflow that it refused."""

    part: str
    message: str
    workflow_id: str | None = None


class SweepReport(_Message):
    dry_run: bool
    rescued: tuple[Rescued, ...]
    items: tuple[Swept, ...]
    unreachable: tuple[OutOfReach, ...]
