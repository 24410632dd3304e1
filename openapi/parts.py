"""Parts that operations share: responses, problem schema, headers and security schemes."""

from collections.abc import Callable, Sequence
from typing import Any

from openapi.operations import Operation

from slipway.cqrs import answers
from slipway.cqrs.request import KEY_PATTERN, MAX_BODY_BYTES, MAX_KEY_CHARS
from slipway_local.cli.arguments import DEFAULT_PORT
from slipway_local.front.server import HOST

Schema = dict[str, Any]
_STRING: Schema = {"type": "string"}

PROBLEM: Schema = {
    "description": "RFC 9457. `code` says what it is, `field` where, `fix` what to do about it.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _STRING,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": _STRING,
        "detail": _STRING,
        "field": _STRING,
        "fix": _STRING,
        "errors": {
            "description": "All that is wrong with the request, each by its field.",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": _STRING, "message": _STRING, "fix": _STRING},
                "required": ["field", "message", "fix"],
            },
        },
    },
    "required": ["type", "title", "status", "code"],
}
GATEWAY_MESSAGE: Schema = {
    "description": "What a stack's gateway says by itself, before or instead of any function.",
    "type": "object",
    "properties": {"message": _STRING},
    "required": ["message"],
}
SECURITY_SCHEMES: Schema = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "sigv4": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "AWS Signature Version 4 of the service execute-api.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
}
SERVERS: list[Schema] = [
    {
        "url": f"http://{HOST}:{{port}}",
        "description": "`slipway up`. `up.json` in its state folder has its `url` and its `token`.",
        "variables": {"port": {"default": str(DEFAULT_PORT)}},
    },
    {
        "url": "https://{api}.execute-api.{region}.amazonaws.com",
        "description": "A stack on AWS; its output `Url` is this address.",
        "variables": {"api": {"default": "abc123"}, "region": {"default": "eu-central-1"}},
    },
]
_ANOTHER = "another request with this key is refused with 409"
_SAME_ANSWER = f"The same key and request get the same answer, however often sent; {_ANOTHER}."
_SAME_COMMAND = f"The same key and request are carried out again, without harm; {_ANOTHER}."
_IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_KEY_CHARS,
        "pattern": KEY_PATTERN,
    },
}
IF_NONE_MATCH: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of an answer that the caller has: 304 when it is still the same.",
    "schema": _STRING,
}
IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what the caller has seen: 412 when it is another one by now.",
    "schema": _STRING,
}
_TEXT = {
    "location": "where what was accepted can be read",
    "etag": "of this answer",
    "retry-after": "seconds after which to ask again",
}
_SUCCESSES: dict[Callable[..., Any], tuple[int, str, tuple[str, ...]]] = {
    answers.ok: (200, "The answer.", ("etag",)),
    answers.created: (201, "It is there.", ("location",)),
    answers.versioned: (200, "The answer.", ("etag",)),
    answers.accepted: (202, "It is on record, and will be done.", ("location",)),
    answers.session_accepted: (202, "It is on record.", ("location",)),
    answers.config_accepted: (202, "It is on record.", ("etag", "location")),
}
_PROBLEMS = {
    400: "The request is not what the operation takes.",
    401: "The request has no identity.",
    403: "Its identity may not do this.",
    404: "There is no such thing, or it is somebody else's.",
    409: "It does not go with what is there.",
    412: "It is not what the caller has seen.",
    413: f"The body has more than {MAX_BODY_BYTES} bytes, or an answer would be too large.",
    415: "The body is not JSON.",
    429: "Too many requests at once, to all of a stack: ask again in a moment.",
    500: "An unexpected error; see the log.",
    503: "Something behind it is busy or away.",
}

_BY_THE_GATEWAY = {401, 403, 413, 429, 500, 503}
"""Statuses that the gateway itself sends; 500 and 503 if a function did not respond."""
_ITS_ALONE = 429


def idempotency_key(operation: Operation) -> Schema:
    told = _SAME_ANSWER if operation.remembers else _SAME_COMMAND
    return {**_IDEMPOTENCY_KEY, "description": told}


def answers_of(operation: Operation, returned: Sequence[Schema]) -> Schema:
    status, description, headers = _SUCCESSES[operation.answer]
    if not (operation.is_read or operation.is_conditional):
        headers = tuple(each for each in headers if each != "etag")
    told: Schema = {
        str(status): {
            "description": description,
            **({"headers": {name: _header(name) for name in headers}} if headers else {}),
            "content": _content(operation, returned),
        }
    }
    if operation.is_read:
        told["304"] = {"description": "Nothing has changed.", "headers": {"etag": _header("etag")}}
    return told | {str(code): _problem(code) for code in _problems_of(operation)}


def _problems_of(operation: Operation) -> Sequence[int]:
    left_out: set[int] = set()
    if operation.is_public:
        left_out |= {401, 403}
    if operation.is_read:
        left_out |= {415}
    if not operation.is_conditional:
        left_out |= {412}
    if "{" not in operation.route.path:
        left_out |= {404}
    return [code for code in _PROBLEMS if code not in left_out]


def _content(operation: Operation, returned: Sequence[Schema]) -> Schema:
    content: Schema = {}
    if returned:
        schema = returned[0] if len(returned) == 1 else {"anyOf": list(returned)}
        content["application/json"] = {"schema": schema}
    if {str, bytes} & set(operation.returns):
        content["text/plain"] = {"schema": _STRING}
    if bytes in operation.returns:
        content["application/octet-stream"] = {}
    return content


def _problem(status: int) -> Schema:
    headers = {"headers": {"retry-after": _header("retry-after")}} if status == 503 else {}  # noqa: PLR2004  (the transient one)
    content: Schema = {}
    if status != _ITS_ALONE:
        content["application/problem+json"] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if status in _BY_THE_GATEWAY:
        content["application/json"] = {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}
    return {"description": _PROBLEMS[status], **headers, "content": content}


def _header(name: str) -> Schema:
    kind = "integer" if name == "retry-after" else "string"
    return {"description": _TEXT[name], "schema": {"type": kind}}
