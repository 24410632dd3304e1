"""Queries of the read side. Strict, like every request."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
)

from slipway.messages.commands import WorkflowId
from slipway.messages.meaning import meaning
from slipway.messages.requests import ContainerizeRequest

WorkflowStatus = Literal[
    "REQUESTED",
    "RUNNING",
    "COMPLETED",
    "COMPENSATING",
    "PARKED",
    "COMPENSATED",
    "COMPENSATED_WITH_LEFTOVERS",
]


def _in_utc(time: datetime) -> datetime:
    """Raises ValueError: in some zones the first and last hours of the calendar have no UTC."""
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be within the years 1 to 9999 in UTC") from None


def _as_moment(value: object) -> object:
    """Refuse a date without a time, and a number of seconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    raise ValueError("give a time with its zone, such as 2026-11-21T00:00:00Z")


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
"""RFC 3339."""
_Moment = Annotated[AwareDatetime, BeforeValidator(_as_moment), AfterValidator(_in_utc)]


def _as_day(value: object) -> object:
    """Refuse a time, and a number of seconds."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("must be a day, as in 2030-03-01")
    return value


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_Day = Annotated[date, BeforeValidator(_as_day)]


def _after_since(until: datetime, info: ValidationInfo) -> datetime:
    since = info.data.get("since")
    if since and since >= until:
        raise ValueError("must be later than since")
    return until


_Until = Annotated[_Moment, AfterValidator(_after_since)]


class _Query(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class GetWorkflow(_Query):
    """With `allow_stale` an older version is returned while `min_version` is not visible yet."""

    workflow_id: WorkflowId
    min_version: Annotated[int, Field(ge=1)] | None = None
    allow_stale: bool = False


class ListWorkflows(_Query):
    """`since` is inclusive, `until` is not; both are compared with the time of the request.

    `owner` is the caller by default; an operator may name another one.
    """

    owner: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    status: WorkflowStatus | None = None
    session: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    since: _Moment | None = None
    until: _Until | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, StringConstraints(max_length=512)] | None = None


class GetTimeline(_Query):
    workflow_id: WorkflowId
    format: Literal["json", "mermaid"] = "json"


class GetHistory(_Query):
    """`since` is inclusive, `until` is not; both are compared with the time of the event."""

    workflow_id: WorkflowId
    since: _Moment | None = None
    until: _Until | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, StringConstraints(max_length=512)] | None = None


class GetStatistics(_Query):
    """Days in UTC. `until` is exclusive, tomorrow by default; `since` is seven days before it.

    `owner` is the caller by default; an operator may name another one.
    """

    owner: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    since: _Day | None = None
    until: _Day | None = None


class WorkflowQuery(_Query):
    """A query about one workflow. Subclasses add their own fields."""

    workflow_id: WorkflowId


class GetReceipt(WorkflowQuery):
    """No further fields."""


class GetUndoPlan(WorkflowQuery):
    """No further fields."""


class GetArtifact(_Query):
    """`name` is a file's name, or `<step>/<name>` where several steps have one of that name."""

    workflow_id: WorkflowId
    name: Annotated[
        str,
        StringConstraints(pattern=r"^([a-z_]+/)?[A-Za-z0-9_.-]+$", max_length=255),
        meaning("give the name of a file, or <step>/<name>"),
    ]
    format: Literal["inline", "url"] = "inline"


class PlanWorkflow(ContainerizeRequest):
    """The request whose outcome to plan; `session_id` is ignored."""


class GetHealth(_Query):
    """No fields."""
