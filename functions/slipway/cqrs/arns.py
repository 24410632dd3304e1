"""Canonical names of IAM principals, however their ARN is written."""

import re

_SESSION = re.compile(
    r"^arn:(?P<aws>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/[^/]+$"
)
_ROLE = re.compile(r"^(?P<account>arn:[\w-]+:iam::\d+:role/)(?:.*/)?(?P<name>[^/]+)$")
_PERSONAL = "AWSReservedSSO_"  # its sessions are named for the person


def principal_of(arn: str) -> str:
    """All sessions of a role are one principal: a job's session has a new name on every run."""
    session = _SESSION.match(arn)
    personal = session is not None and session["role"].startswith(_PERSONAL)
    return arn if personal else role_of(arn)


def role_of(arn: str) -> str:
    """The role of a session's ARN; any other ARN as it is."""
    session = _SESSION.match(arn)
    if session is None:
        return arn
    return f"arn:{session['aws']}:iam::{session['account']}:role/{session['role']}"


def role_named(arn: str) -> str:
    """Drop the path, which a session's ARN lacks; names of roles are unique without it."""
    role = _ROLE.match(arn)
    return arn if role is None else role["account"] + role["name"]
