"""The caller and their scopes: from a token, from IAM or from the local front.

Nothing that the client itself sends is trusted: the gateway has verified what is read here.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

from slipway.cqrs.arns import principal_of, role_of
from slipway.cqrs.authority import OPERATE, READ, SCOPES, WRITE, unauthenticated
from slipway.cqrs.request import Call
from slipway.cqrs.trust import Trust

MAX_OWNER_CHARS = 512
"""The owner is part of the keys of both tables."""


def caller_of(event: Mapping[str, Any], trust: Trust) -> Call:
    """Raises Refused("unauthenticated") for an event (payload format 2.0) without an identity."""
    authorizer = _members(_members(event, "requestContext"), "authorizer")
    if "jwt" in authorizer:
        return _by_token(_members(_members(authorizer, "jwt"), "claims"), trust)
    if "iam" in authorizer:
        return _by_principal(_members(authorizer, "iam"), trust)
    context = _members(authorizer, "lambda")
    return _call(context.get("owner"), _scopes(context.get("scopes")))


def _by_token(claims: Mapping[str, Any], trust: Trust) -> Call:
    """A subject is unique per issuer only; an issuer has no `#` (OpenID Connect Core 2)."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not (_is_name(issuer) and _is_name(subject)) or "#" in issuer:
        raise unauthenticated()
    names = [trust.scope_claim] if trust.scope_claim else ["scope", "scp"]
    held = frozenset[str]().union(*(_scopes(claims.get(n), trust.scope_prefix) for n in names))
    return _call(f"{issuer}#{subject}", held)


def _by_principal(iam: Mapping[str, Any], trust: Trust) -> Call:
    """IAM has authorized the route, but does not know the owners of workflows."""
    arn = iam.get("userArn")
    if not _is_name(arn):
        raise unauthenticated()
    # all users of an identity pool share a role
    person = _members(iam, "cognitoIdentity").get("identityId")
    owner = f"cognito:{person}" if _is_name(person) else principal_of(arn)
    operates = not trust.operators.isdisjoint({arn, owner, role_of(arn)})
    return _call(owner, frozenset({READ, WRITE, OPERATE} if operates else {READ, WRITE}))


def _call(owner: Any, scopes: frozenset[str]) -> Call:
    if not _is_name(owner) or len(owner) > MAX_OWNER_CHARS:
        raise unauthenticated()
    return Call(owner, scopes=scopes)


def _scopes(value: Any, prefix: str = "") -> frozenset[str]:
    """Slipway's own scopes, from text with spaces (RFC 8693), a list, or the gateway's `[a b]`."""
    if isinstance(value, str):
        value = value.removeprefix("[").removesuffix("]").split()
    if not isinstance(value, list):
        return frozenset()
    ours = {prefix + scope: scope for scope in SCOPES}
    return frozenset(ours[each] for each in value if isinstance(each, str) and each in ours)


def _members(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = parent.get(name)
    return found if isinstance(found, Mapping) else {}


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value.strip() != ""
