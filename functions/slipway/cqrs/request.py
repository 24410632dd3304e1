"""From an HTTP event (payload format 2.0) to the fields of a message and its call."""

import base64
import binascii
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pydantic import BaseModel

from slipway.cqrs.problem import Refused

MAX_BODY_BYTES = 128 * 1024  # an item of the write table holds 400 KB, an event on the bus 256 KB
MAX_KEY_CHARS = 255
KEY_PATTERN = r"^[!-~]([ -~]*[!-~])?$"
"""Printable, and without surrounding blanks, which HTTP strips."""
_MAX_DIGITS = 4300  # the limit of Python's int()
ANYBODY = "anybody"
"""The owner of a call without an identity."""
_HALF = re.compile("[\ud800-\udfff]")


def _drawn() -> str:
    return f"cmd_{secrets.token_hex(12)}"


@dataclass(frozen=True)
class Call:
    """The context of a message: its caller, and the key under which its answer is stored.

    `scopes` are the caller's, as `slipway.cqrs.authority` names them. `id` identifies the command,
    and is the causation id of its events. `fingerprint` is the message's, where its answer is
    stored. `if_match` is HTTP's header: the versions that the caller has seen.
    """

    owner: str
    idempotency_key: str | None = None
    if_match: str | None = None
    id: str = field(default_factory=_drawn)
    correlation_id: str | None = None
    causation_id: str | None = None
    fingerprint: str | None = field(default=None, repr=False)
    scopes: frozenset[str] = frozenset()


def headers_of(event: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def is_read(event: Mapping[str, Any]) -> bool:
    return bool(event.get("requestContext", {}).get("http", {}).get("method", "GET") == "GET")


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    key = headers.get("idempotency-key")
    if key is None or (len(key) <= MAX_KEY_CHARS and re.fullmatch(KEY_PATTERN, key)):
        return key
    raise Refused(
        "invalid_request",
        f"Idempotency-Key is not 1 to {MAX_KEY_CHARS} printable ASCII characters",
        field="Idempotency-Key",
        fix="send one such as a UUID, new for every new request",
    )


def field_named(part: str, message: type[BaseModel]) -> str:
    """The field of a path parameter; `{id}` is the message's first field that ends in `_id`."""
    if part != "id":
        return part
    return next(name for name in message.model_fields if name.endswith("_id"))


def fields_of(event: Mapping[str, Any], message: type[BaseModel]) -> dict[str, Any]:
    """Merge the path with the query of a GET, or else with the body.

    The gateway has decoded the path: a `%` that is left is literal.
    """
    sent = dict(event.get("queryStringParameters") or {}) if is_read(event) else _body(event)
    path = {
        field_named(name, message): value
        for name, value in (event.get("pathParameters") or {}).items()
    }
    twice = sorted(sent.keys() & path.keys())
    if twice:
        raise Refused(
            "invalid_request",
            f"{twice[0]} is already in the path",
            field=twice[0],
            fix=f"leave {twice[0]} out",
        )
    return sent | path


def _body(event: Mapping[str, Any]) -> dict[str, Any]:
    raw = _bytes(event)
    if len(raw) > MAX_BODY_BYTES:
        raise Refused(
            "body_too_large",
            f"the body has {len(raw)} bytes",
            field="body",
            fix=f"send at most {MAX_BODY_BYTES} bytes; sources go to POST /uploads",
        )
    if not raw.strip():
        return {}
    kind = headers_of(event).get("content-type", "application/json").partition(";")[0].strip()
    if kind.lower() != "application/json":
        raise Refused(
            "unsupported_media_type",
            f"the body is {kind}",
            field="Content-Type",
            fix="send application/json",
        )
    return _parsed(raw)


def _bytes(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return bytes(body.encode("utf-8", "surrogatepass"))
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("the body is not valid base64") from None


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_int=_whole,
            parse_float=_number,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _malformed(f"{error.msg} in {where}") from None
    except (ValueError, RecursionError):
        raise _malformed("the body is not JSON in UTF-8, or nested too deeply") from None
    if not isinstance(value, dict):
        raise _malformed("the body is not a JSON object")
    _refuse_what_cannot_be_meant(value)
    return value


class _Ambiguous(dict[str, Any]):
    """An object with a duplicate name; JSON parsers differ in which value counts."""

    twice: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    ambiguous = _Ambiguous(value)
    ambiguous.twice = next(n for n, times in Counter(n for n, _ in pairs).items() if times > 1)
    return ambiguous


def _refuse_what_cannot_be_meant(value: Any) -> None:
    """Refuse duplicate names, and lone surrogates: valid in JSON, but impossible to store."""
    waiting: list[tuple[str, Any]] = [("body", value)]
    while waiting:
        where, part = waiting.pop()
        if isinstance(part, _Ambiguous):
            raise _given_twice(where, part.twice)
        if isinstance(part, str) and _HALF.search(part):
            raise Refused(
                "invalid_request",
                f"{where} contains an unpaired surrogate, which is not valid Unicode",
                field=where,
                fix="send valid Unicode",
            )
        waiting += _within(where, part)


def _given_twice(where: str, name: str) -> Refused:
    if _HALF.search(name):
        field = f"a name in {where}"
    else:
        field = name if where == "body" else f"{where}.{name}"
    return Refused(
        "invalid_request", f"{field} is given twice", field=field, fix=f"give {field} once"
    )


def _within(where: str, part: Any) -> Iterator[tuple[str, Any]]:
    inside = "" if where == "body" else f"{where}."
    if isinstance(part, list):
        yield from ((f"{inside}{index}", each) for index, each in enumerate(part))
    if isinstance(part, dict):
        for name, each in part.items():
            yield f"{inside}{name}", each
            yield f"a name in {where}", name  # checked before the value whose path includes it


def _number(text: str) -> float | int:
    """JSON does not distinguish kinds of numbers: 8080.0 is the integer 8080."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise _malformed(f"a number has {len(digits)} digits; the limit is {_MAX_DIGITS}")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise _malformed(f"{name} is not a JSON number")


def _malformed(detail: str) -> Refused:
    return Refused("malformed_json", detail, field="body", fix="send one JSON object")
