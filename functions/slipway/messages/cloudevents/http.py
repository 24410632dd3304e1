"""The HTTP binding: binary mode, where attributes are headers and the body is the data.

Headers are texts: a boolean or integer extension is decoded as text.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from slipway.messages.attributes import Extension
from slipway.messages.cloudevents import content, structured
from slipway.messages.cloudevents.wire import from_wire, to_wire
from slipway.messages.errors import InvalidMessage
from slipway.messages.message import Message

_PREFIX = "ce-"
_CONTENT_TYPE = "datacontenttype"
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def to_http(message: Message[Any]) -> tuple[dict[str, str], bytes]:
    """Headers and body in binary mode. Raises InvalidMessage for data that cannot be encoded."""
    attributes = to_wire(message.attributes)
    if message.data is not None:
        implied = content.BYTES if isinstance(message.data, bytes) else content.JSON
        attributes.setdefault(_CONTENT_TYPE, implied)
    content_type = attributes.pop(_CONTENT_TYPE, None)
    headers = {f"{_PREFIX}{name}": _header(value) for name, value in attributes.items()}
    if content_type is None:
        return headers, b""
    return headers | {"content-type": str(content_type)}, _body(message.data, str(content_type))


def from_http(headers: Mapping[str, str], body: bytes) -> tuple[Message[Any], ...]:
    """Accepts all three modes: binary, structured, batch. An empty body is no data.

    Raises InvalidMessage.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    media_type = lowered.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == structured.MEDIA_TYPE:
        return (structured.from_json(body),)
    if media_type == structured.BATCH_MEDIA_TYPE:
        return structured.from_batch(body)
    return (_from_binary(lowered, body),)


def _from_binary(headers: Mapping[str, str], body: bytes) -> Message[Any]:
    attributes: dict[str, Any] = {
        name.removeprefix(_PREFIX): _unquoted(name, value)
        for name, value in headers.items()
        if name.startswith(_PREFIX)
    }
    for name in attributes.keys() & {_CONTENT_TYPE, "data", "data_base64"}:
        raise InvalidMessage(name, "must not be a header: use content-type or the body")
    attributes[_CONTENT_TYPE] = headers.get("content-type")
    return Message(_data(body, attributes[_CONTENT_TYPE]), from_wire(attributes))


def _header(value: Extension) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return quote(text, safe=_PLAIN)


def _unquoted(name: str, value: str) -> str:
    if quoted := _QUOTED.fullmatch(value):
        value = re.sub(r"\\(.)", r"\1", quoted[1])
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeError as error:
        raise InvalidMessage(name, "is not valid UTF-8 when decoded") from error


def _body(data: Any, content_type: str) -> bytes:
    if data is None or isinstance(data, bytes):
        return data or b""
    if content.is_json(content_type):
        return content.dump_json(data)
    if not isinstance(data, str):
        raise InvalidMessage("data", "must be a string or bytes unless its content type is JSON")
    try:
        return data.encode(content.charset(content_type))
    except (LookupError, UnicodeError) as error:
        raise InvalidMessage("data", "cannot be encoded in its charset") from error


def _data(body: bytes, content_type: str | None) -> Any:
    if not body:
        return None
    if content.is_json(content_type):
        return content.load_json(body)
    if content_type is None or not content.is_text(content_type):
        return body
    try:
        return body.decode(content.charset(content_type))
    except (LookupError, UnicodeError) as error:
        raise InvalidMessage("data", "cannot be decoded in its charset") from error
