"""Errors as problem+json (RFC 9457), with one table from error code to HTTP status."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from slipway.errors import Conflict, Refused, Rejected, StepError, Unavailable

__all__ = ["Known", "Refused", "Status", "code_of", "field_of", "problem_of", "retry_after_s"]


class Status(NamedTuple):
    """The HTTP status of an error code. `retry_after_s` is None where a retry cannot help."""

    number: int
    retry_after_s: int | None = None


_STATUS: Mapping[str, Status] = {
    "invalid_request": Status(400),
    "malformed_json": Status(400),
    "unauthenticated": Status(401),
    "forbidden": Status(403),
    "not_found": Status(404),
    "idempotency_conflict": Status(409),
    "not_yet_visible": Status(409, retry_after_s=1),
    "precondition_failed": Status(412),
    "body_too_large": Status(413),
    "unsupported_media_type": Status(415),
    "overtaken": Status(503, retry_after_s=1),
    "defect": Status(500),
}
_DETAILS: Mapping[str, dict[str, str]] = {
    "overtaken": {
        "detail": "too many concurrent changes to the same resource",
        "fix": "send the request again",
    },
    "defect": {
        "detail": "an unexpected error; see the log",
        "fix": "send the request again, with the same Idempotency-Key",
    },
}
_NO_MORE: Mapping[str, Status] = MappingProxyType({})
Known = (Refused, StepError, Conflict)
"""Errors that a function may raise; anything else is a defect."""


def problem_of(error: Exception, more: Mapping[str, Status] = _NO_MORE) -> dict[str, Any]:
    """The members of the problem document. A defect reveals nothing of its cause.

    `more` are the statuses of further codes. A refusal with an unknown code is a 400.
    """
    code, members = _code_and_members(error)
    known = {name: value for name, value in members.items() if value is not None}
    return {
        "type": f"urn:slipway:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": _status(error, more).number,
        "code": code,
        **known,
    }


def code_of(error: Exception) -> str:
    return _code_and_members(error)[0]


def field_of(error: Exception) -> str | None:
    """The field of the request that has to be changed, if it is a single one."""
    return error.field if isinstance(error, Refused) else None


def retry_after_s(error: Exception, more: Mapping[str, Status] = _NO_MORE) -> int | None:
    """In seconds; None when a retry cannot help."""
    return _status(error, more).retry_after_s


def _status(error: Exception, more: Mapping[str, Status]) -> Status:
    if isinstance(error, Unavailable):
        return Status(503, retry_after_s=5)
    code = code_of(error)
    unknown = Status(400 if isinstance(error, Rejected | Refused) else 500)
    return more.get(code) or _STATUS.get(code, unknown)


def _code_and_members(error: Exception) -> tuple[str, dict[str, Any]]:
    if isinstance(error, Refused):
        members = {"detail": error.detail, "field": error.field, "fix": error.fix}
        return error.code, members | error.members
    if isinstance(error, StepError):
        return error.code, {"detail": error.message, "fix": error.fix}
    code = "overtaken" if isinstance(error, Conflict) else "defect"
    return code, dict(_DETAILS[code])
