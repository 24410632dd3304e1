"""A policy finding: the problem, its location, and the fix."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Severity = Literal["critical", "high", "medium", "low", "info"]


class Finding(BaseModel):
    """`code` is stable for programs; `line` counts from 1, None if no line applies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    severity: Severity
    message: str
    file: str
    line: int | None
    fix: str
