"""Everything that can go wrong, as problem+json (RFC 9457): one table from error to status."""

from collections.abc import Mapping
from typing import Any

from slipway.saga.errors import Rejected, StepError, Unavailable
from slipway.saga.store import Conflict, NotFound, Superseded, TargetLocked

_CODES: Mapping[type[Exception], str] = {
    NotFound: "not_found",
    TargetLocked: "target_locked",
    Superseded: "superseded",
    Conflict: "overtaken",
}
_STATUS: Mapping[str, int] = {
    "invalid_request": 400,
    "malformed_json": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "no_receipt": 404,
    "no_such_artifact": 404,
    "ambiguous_name": 400,
    "idempotency_conflict": 409,
    "target_locked": 409,
    "already_finished": 409,
    "superseded": 409,
    "not_completed": 409,
    "already_rolled_back": 409,
    "other_world": 409,
    "no_such_step": 404,
    "no_such_session": 404,
    "too_many_sessions": 409,
    "precondition_failed": 412,
    "not_parked": 409,
    "already_resolved": 409,
    "not_yet_visible": 409,
    "rebuild_under_way": 409,
    "body_too_large": 413,
    "artifact_too_large": 413,
    "unsupported_media_type": 415,
    "record_too_large": 413,
    "overtaken": 503,
    "aws_refused": 500,
    "aws_misconfigured": 500,
    "no_read_table": 500,
    "no_write_table": 500,
    "record_refused": 500,
    "events_unreadable": 500,
    "defect": 500,
}
_RETRY_AFTER_S = {"not_yet_visible": 1, "overtaken": 1, "rebuild_under_way": 60}


class Refused(Exception):  # noqa: N818  (named by the condition)
    """A request that is not served. `field` is what to change; a `code` of your own is a 400."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        fix: str | None = None,
        **members: Any,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field
        self.fix = fix
        self.members = members


Known = (Refused, StepError, NotFound, TargetLocked, Superseded, Conflict)
"""What a function may raise; anything else is a defect."""


def problem_of(error: Exception) -> dict[str, Any]:
    """The members of the problem document. A defect tells nothing of what is inside."""
    code, members = _told(error)
    known = {name: value for name, value in members.items() if value is not None}
    return {
        "type": f"urn:slipway:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": _status(error, code),
        "code": code,
        **known,
    }


def code_of(error: Exception) -> str:
    return _told(error)[0]


def field_of(error: Exception) -> str | None:
    """What of the request has to be changed, when it is one thing."""
    return error.field if isinstance(error, Refused) else None


def retry_after_s(error: Exception, code: str) -> int | None:
    """Seconds; None when asking again cannot help."""
    return 5 if isinstance(error, Unavailable) else _RETRY_AFTER_S.get(code)


def _status(error: Exception, code: str) -> int:
    if isinstance(error, Unavailable):
        return 503
    return _STATUS.get(code, 400 if isinstance(error, Rejected | Refused) else 500)


def _told(error: Exception) -> tuple[str, dict[str, Any]]:
    if isinstance(error, Refused):
        told = {"detail": error.detail, "field": error.field, "fix": error.fix}
        return error.code, told | error.members
    if isinstance(error, StepError):
        return error.code, {"detail": error.message, "fix": error.fix}
    code = _CODES.get(type(error), "defect")
    if isinstance(error, TargetLocked):
        return code, {
            "detail": f"{error.holder} is working on the same deployment target",
            "fix": "wait until it has ended, or cancel it",
            "holder": error.holder,
        }
    if isinstance(error, Superseded):
        return code, {
            "detail": f"{error.newer} has deployed to the same target since",
            "fix": "roll that one back first",
            "newer": error.newer,
        }
    return code, _DETAILS[code]


_DETAILS: Mapping[str, dict[str, str]] = {
    "not_found": {
        "detail": "there is no such workflow",
        "fix": "take an id from the list of yours",
    },
    "overtaken": {"detail": "the workflow changes too fast", "fix": "send the request again"},
    "defect": {
        "detail": "an unexpected error, which is in the log",
        "fix": "send the request again, with the same Idempotency-Key",
    },
}
