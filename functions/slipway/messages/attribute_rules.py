"""Validation rules of CloudEvents 1.0 for attributes. Names are those on the wire."""

import re
from datetime import UTC, datetime

from slipway.messages.errors import InvalidMessage

MAX_NAME = 20
_NAME = re.compile(rf"[a-z0-9]{{1,{MAX_NAME}}}")
# Control characters, surrogates, and Unicode's noncharacters.
_NO_TEXT = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
_URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_ABSOLUTE_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:{_URI_REFERENCE.pattern}")
_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_MEDIA_TYPE = re.compile(rf'{_WORD}/{_WORD}(?:\s*;\s*{_WORD}=(?:{_WORD}|"[^"\\]*"))*')
_INT32 = range(-(2**31), 2**31)
RESERVED = frozenset({"specversion", "data", "data_base64"})


def check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        raise InvalidMessage(name, "must be a non-empty string")
    _check_characters(name, value)


def check_uri_reference(name: str, value: object) -> None:
    if not isinstance(value, str) or not _URI_REFERENCE.fullmatch(value):
        raise InvalidMessage(name, "must be a URI reference (RFC 3986)")


def check_uri(name: str, value: object) -> None:
    if not isinstance(value, str) or not _ABSOLUTE_URI.fullmatch(value):
        raise InvalidMessage(name, "must be an absolute URI (RFC 3986)")


def check_media_type(name: str, value: object) -> None:
    if not isinstance(value, str) or not _MEDIA_TYPE.fullmatch(value):
        raise InvalidMessage(name, "must be a media type (RFC 2046)")


def check_time(name: str, value: object) -> None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidMessage(name, "must be a time with a UTC offset")
    try:
        value.astimezone(UTC)
    except OverflowError as error:
        raise InvalidMessage(name, "is outside the years 1 to 9999 in UTC") from error


def check_extension(name: object, value: object) -> None:
    """A boolean, a 32-bit integer, or a text, which may be empty."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidMessage(
            str(name)[:MAX_NAME], f"a name has 1 to {MAX_NAME} lower-case letters and digits"
        )
    if isinstance(value, str):
        _check_characters(name, value)
    elif not isinstance(value, int) or value not in _INT32:
        raise InvalidMessage(name, "must be a boolean, a 32-bit integer or a string")


def sanitized(value: str) -> str:
    """Replace each character that no attribute may have by U+FFFD."""
    return _NO_TEXT.sub("\ufffd", value)


def _check_characters(name: str, value: str) -> None:
    if _NO_TEXT.search(value):
        raise InvalidMessage(name, "contains control characters or Unicode noncharacters")
