"""Encode and decode data by its content type: JSON, text, or bytes."""

import json
import re
from typing import Any

from slipway.messages.errors import InvalidMessage

JSON = "application/json"
BYTES = "application/octet-stream"
_CHARSET = re.compile(r';\s*charset="?([^\s";]+)', re.IGNORECASE)


def is_json(content_type: str | None) -> bool:
    """As CloudEvents defines it: `*/json`, `*/*+json`, or no content type."""
    media_type = _media_type(content_type or JSON)
    return media_type.endswith(("/json", "+json"))


def is_text(content_type: str) -> bool:
    media_type = _media_type(content_type)
    return media_type.startswith("text/") or media_type.endswith(("/xml", "+xml"))


def charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1] if found else "utf-8"


def dump_json(value: Any) -> bytes:
    """Raises InvalidMessage for values that JSON lacks, such as NaN."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidMessage("data", "is not a valid JSON value") from error


def load_json(text: bytes | str) -> Any:
    """Raises InvalidMessage, also for a duplicate name, and NaN."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidMessage("data", "is not valid JSON") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is given twice")
    return members


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
