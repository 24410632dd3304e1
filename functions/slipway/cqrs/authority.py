"""Authorization: every command and query checks scopes and ownership here, and nowhere else."""

from typing import Final, Literal, TypeAlias

from slipway.cqrs.problem import Refused
from slipway.cqrs.request import ANYBODY, Call

Scope: TypeAlias = Literal["public", "workflows:read", "workflows:write", "workflows:operate"]
PUBLIC: Final = "public"
"""Served without an identity."""
IDENTIFIED: Final = "identified"
"""Served to any caller with an identity: the default on a bus."""
READ: Final = "workflows:read"
WRITE: Final = "workflows:write"
OPERATE: Final = "workflows:operate"
"""Grants access to other owners' workflows; it implies neither of the other scopes."""
SCOPES: frozenset[str] = frozenset({READ, WRITE, OPERATE})


def check_may_call(call: Call, scope: str) -> None:
    """Runs before the message is read. Raises Refused("unauthenticated", "forbidden")."""
    if scope == PUBLIC:
        return
    if call.owner == ANYBODY:
        raise unauthenticated()
    if scope not in {IDENTIFIED, *call.scopes}:
        raise _forbidden(scope)


def may_see(owner: str, call: Call) -> bool:
    """Whether the caller may see what belongs to `owner`."""
    return owner == call.owner or OPERATE in call.scopes


def owner_asked_for(named: str | None, call: Call) -> str:
    """The caller, unless another owner is named. Raises Refused("forbidden")."""
    owner = named or call.owner
    if not may_see(owner, call):
        check_may_call(call, OPERATE)
    return owner


def unauthenticated() -> Refused:
    return Refused(
        "unauthenticated",
        "this request has no identity",
        field="Authorization",
        fix="send a bearer token, or sign the request with AWS credentials",
    )


def _forbidden(scope: str) -> Refused:
    by_iam = (
        "let the stack's Operators name your principal"
        if scope == OPERATE
        else "allow the route in its policies"
    )
    return Refused(
        "forbidden",
        f"this needs the scope {scope}",
        field="Authorization",
        fix=f"get a token with the scope {scope}; for a principal of IAM, {by_iam}",
        scope=scope,
    )
