"""Whether a body may be read: its length must be told first, and be within the limit."""

import re

from werkzeug.wrappers import Request, Response

from slipway_local.front.problems import problem

_LENGTH = re.compile(r"[0-9]{1,18}")  # longer ones would count as no length at all


def refusal(request: Request, limit_bytes: int) -> Response | None:
    """None: reading it ends after at most `limit_bytes`. Nothing of it is read here."""
    if "Transfer-Encoding" in request.headers:
        return problem(411, "a body without Content-Length is not read")
    told = request.headers.get("Content-Length", "0").strip()
    if not _LENGTH.fullmatch(told):
        return problem(400, "Content-Length is not a number of bytes")
    if int(told) > limit_bytes:
        return problem(413, f"the body is over {limit_bytes} bytes")
    return None
