"""The refusal that commands and queries share for an unknown session."""

from slipway.cqrs.problem import Refused


def no_such_session(session_id: str) -> Refused:
    return Refused(
        "no_such_session",
        f"there is no session {session_id} of yours",
        field="session_id",
        fix="GET /sessions lists those that are open; one that has expired needs no closing",
    )
