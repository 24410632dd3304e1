"""Who calls: a token's subject, an IAM principal, or what the local front says."""

import re
from collections.abc import Mapping
from typing import Any

from slipway.cqrs.authority import unauthenticated

_SESSION = re.compile(
    r"^arn:(?P<aws>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>.+)/[^/]+$"
)
_PERSONAL = "AWSReservedSSO_"  # there the session's name is the person, not a run


def owner_of(event: Mapping[str, Any]) -> str:
    """Raises Refused("unauthenticated"). Nothing that the client itself writes is believed."""
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    owner = (
        authorizer.get("jwt", {}).get("claims", {}).get("sub")
        or (authorizer.get("lambda") or {}).get("owner")
        or _principal(authorizer.get("iam", {}).get("userArn"))
    )
    if not isinstance(owner, str) or not owner:
        raise unauthenticated()
    return owner


def _principal(arn: str | None) -> str | None:
    """All sessions of a role are one owner: a job's session has a new name on every run."""
    session = _SESSION.match(arn or "")
    if session is None or session["role"].startswith(_PERSONAL):
        return arn
    return f"arn:{session['aws']}:iam::{session['account']}:role/{session['role']}"
