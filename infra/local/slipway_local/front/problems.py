"""The front's own errors as problem+json (RFC 9457), with the same members as the functions'."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

RETRY_AFTER_S = 5
MEDIA_TYPE = "application/problem+json"
_KNOWN: Mapping[int, tuple[str, str]] = {
    400: ("malformed_request", "send a well-formed HTTP request"),
    401: ("unauthenticated", "send `Authorization: Bearer <token>`"),
    403: ("foreign_origin", "send the request from a program, not from a web page"),
    404: ("no_such_route", "docs/http.md lists the methods and paths, such as GET /workflows/{id}"),
    405: ("method_not_allowed", "use a method that the header Allow names"),
    411: ("length_required", "send the body with Content-Length"),
    413: ("body_too_large", "upload sources with POST /uploads, and send less here"),
    414: ("uri_too_long", "send a shorter URL"),
    421: ("wrong_host", "use the URL that `slipway up` prints"),
    431: ("headers_too_large", "send fewer and shorter headers"),
    500: ("defect", "send the request again, with the same Idempotency-Key"),
}


def problem_of(status: int, detail: str | None = None) -> dict[str, Any]:
    """Return the problem document. `detail` defaults to the description of the status."""
    meaning = HTTPStatus(status)
    code, fix = _KNOWN.get(status, (meaning.name.lower(), "correct the request"))
    return {
        "type": f"urn:slipway:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail or meaning.description or meaning.phrase,
        "code": code,
        "fix": fix,
    }


def problem(status: int, detail: str | None = None) -> Response:
    return Response(json.dumps(problem_of(status, detail)), status, content_type=MEDIA_TYPE)


def no_route(methods: Sequence[str]) -> Response:
    """Return 405 for a path that other methods have, else 404."""
    if not methods:
        return problem(404, "there is no such route")
    allowed = ", ".join(methods)
    refused = problem(405, f"this path has only {allowed}")
    refused.headers["Allow"] = allowed
    return refused


def disk_full(path: Path) -> Response:
    """Replaces a function's response to a failed write, as functions do not know of a disk."""
    status = HTTPStatus.SERVICE_UNAVAILABLE.value
    document = {
        "type": "urn:slipway:problem:disk_full",
        "title": "Disk full",
        "status": status,
        "detail": f"the disk of {path} is full",
        "code": "disk_full",
        "fix": f"free some space on the disk of {path.parent}; work then resumes, or at the next"
        " start",
    }
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return Response(json.dumps(document), status, headers, content_type=MEDIA_TYPE)


def defect() -> Response:
    """Discloses no internal details."""
    return problem(500, "an unexpected error; see the log")
