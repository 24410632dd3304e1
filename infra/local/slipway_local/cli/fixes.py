"""Replace the fixes of API problems, which name requests, by commands to type."""

from collections.abc import Mapping
from typing import Any

_SESSIONS = "`slipway session open` opens one; `slipway sessions` lists the open ones"
_TYPED: Mapping[str, str] = {
    "already_finished": "there is nothing to cancel; `slipway status ID` shows how it ended",
    "already_rolled_back": "there is nothing to roll back; `slipway receipt ID` shows what is left",
    "not_parked": "`slipway status ID` shows the steps; a parked one is UNDO_PARKED",
    "already_resolved": "`slipway status ID` shows the outcome",
    "no_such_session": "`slipway sessions` lists the open ones; others are closed already",
    "too_many_sessions": "close one with `slipway session close ID`; `slipway sessions` lists them",
}


def typed_fix(problem: Mapping[str, Any]) -> str | None:
    """Return the fix for a problem document, chosen by its `code`."""
    code, field = problem.get("code"), problem.get("field")
    if (code, field) == ("invalid_request", "session_id"):
        return _SESSIONS
    return _TYPED.get(str(code)) or problem.get("fix")
