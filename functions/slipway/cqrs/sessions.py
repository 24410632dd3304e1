"""The refusal that commands and queries share for an unknown session."""

from slipway.cqrs.problem import Refused


def no_such_session(session_id: str) -> Refused:
    return Refused(
        "no_such_session",
        f"the session {session_id} is not open or not yours",
        field="session_id",
        fix="list open sessions with GET /sessions; an expired one does not need to be closed",
    )
