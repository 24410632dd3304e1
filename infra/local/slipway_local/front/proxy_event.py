"""Convert an HTTP request to a function's event: payload format 2.0 of an HTTP API."""

import base64
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request

from slipway.cqrs.authority import SCOPES
from slipway_local.state import OWNER
from slipway_local.template.arns import ACCOUNT
from slipway_local.template.model import Route

_AUTHORIZED = {"lambda": {"owner": OWNER, "scopes": " ".join(sorted(SCOPES))}}
"""A client that can read the token's file has all rights of this user."""
_TEXT = ("application/json", "text/", "application/x-www-form-urlencoded", "application/xml")


def proxy_event(request: Request, route: Route, path: Mapping[str, str]) -> dict[str, Any]:
    """The path and its parameters are decoded, the query string stays as sent, as on AWS."""
    headers = {key.lower(): value for key, value in request.headers.items() if key != "Cookie"}
    key = f"{route.method} {route.path}"
    sent, _, raw_query = request.environ["REQUEST_URI"].partition("?")
    raw_path = unquote(sent)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": key,
        "rawPath": raw_path,
        "rawQueryString": raw_query,
        "headers": headers,
        "requestContext": _context(request, key, raw_path),
        **_body(request),
    }
    if request.args:
        event["queryStringParameters"] = {
            name: ",".join(values) for name, values in request.args.lists()
        }
    if path:
        event["pathParameters"] = dict(path)
    if request.cookies:
        event["cookies"] = [f"{name}={value}" for name, value in request.cookies.items()]
    return event


def _context(request: Request, key: str, raw_path: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "authorizer": _AUTHORIZED,
        "domainName": request.host,
        "domainPrefix": "local",
        "http": {
            "method": request.method,
            "path": raw_path,
            "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
            "sourceIp": request.remote_addr,
            "userAgent": request.headers.get("User-Agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": key,
        "stage": "$default",
        "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now * 1000),
    }


def _body(request: Request) -> dict[str, Any]:
    data = b"" if request.method in ("GET", "HEAD") else request.get_data(cache=False)
    if not data:
        return {"isBase64Encoded": False}
    if request.mimetype.startswith(_TEXT) or request.mimetype.endswith("+json"):
        with suppress(UnicodeDecodeError):  # other bytes are passed in base64
            return {"body": data.decode("utf-8"), "isBase64Encoded": False}
    return {"body": base64.b64encode(data).decode(), "isBase64Encoded": True}
