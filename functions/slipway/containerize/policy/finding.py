"""One thing that a policy has to say, where it stands, and what to do about it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Severity = Literal["critical", "high", "medium", "low", "info"]


class Finding(BaseModel):
    """`code` is stable for programs; `line` counts from 1, None when no line says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    severity: Severity
    message: str
    file: str
    line: int | None
    fix: str
