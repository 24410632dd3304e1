"""Check before a body is read that its length is declared and within the limit."""

import re

from werkzeug.wrappers import Request, Response

from slipway_local.front.problems import problem

_LENGTH = re.compile(r"[0-9]{1,18}")  # longer numbers would count as no length


def refusal(request: Request, limit_bytes: int) -> Response | None:
    """Return None if the body has at most `limit_bytes`. Does not read the body."""
    if "Transfer-Encoding" in request.headers:
        return problem(411, "a request body requires Content-Length")
    length = request.headers.get("Content-Length", "0").strip()
    if not _LENGTH.fullmatch(length):
        return problem(400, "Content-Length is not a number of bytes")
    if int(length) > limit_bytes:
        return problem(413, f"the body is larger than {limit_bytes} bytes")
    return None
