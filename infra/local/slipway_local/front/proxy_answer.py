"""Convert a function's result to an HTTP response: payload format 2.0 of an HTTP API."""

import base64
import json
from typing import Any

from werkzeug.wrappers import Response

from slipway_local.front.problems import defect
from slipway_local.functions.invocation import Answer


def response_of(answer: Answer) -> Response:
    """A result without a status code is the body of a 200, as on AWS."""
    if answer.error is not None:
        return defect()
    given = answer.payload
    if not isinstance(given, dict) or "statusCode" not in given:
        return Response(json.dumps(given), 200, mimetype="application/json")
    response = Response(_body(given), int(given["statusCode"]))
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    for name, value in (given.get("headers") or {}).items():
        response.headers[name] = str(value)
    for cookie in given.get("cookies") or []:
        response.headers.add("Set-Cookie", cookie)
    return response


def _body(given: dict[str, Any]) -> str | bytes:
    body = given.get("body") or ""
    if given.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body if isinstance(body, str) else json.dumps(body)
