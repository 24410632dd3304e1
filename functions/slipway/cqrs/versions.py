"""Versions as entity tags (RFC 9110), for optimistic concurrency with If-Match."""

from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call


def etag(version: int) -> str:
    return f'"{version}"'


def check_seen(call: Call, version: int) -> None:
    """Raises Refused("precondition_failed"). `*` matches any version; without If-Match all do."""
    if call.if_match is None:
        return
    seen = {each.strip() for each in call.if_match.split(",")}
    if etag(version) in seen or ("*" in seen and version > 0):
        return
    shown = f" with min_version={version}" if version else ""
    raise Refused(
        "precondition_failed",
        f"If-Match does not match the current version {version}",
        field="If-Match",
        fix=f"GET it{shown}, apply your change to that, and send its ETag as If-Match",
        version=version,
    )


def unconditional() -> Refused:
    """Refuse an If-Match that would not be evaluated: clients would rely on it."""
    return Refused(
        "invalid_request",
        "this request does not support conditions",
        field="If-Match",
        fix="leave If-Match out",
    )
