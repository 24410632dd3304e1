"""Structured mode, and batches of it: attributes and data in one JSON document."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from slipway.messages.cloudevents.content import BYTES, dump_json, is_json, load_json
from slipway.messages.cloudevents.wire import from_wire, to_wire
from slipway.messages.errors import InvalidMessage
from slipway.messages.message import Message

MEDIA_TYPE = "application/cloudevents+json"
BATCH_MEDIA_TYPE = "application/cloudevents-batch+json"


def to_dict(message: Message[Any]) -> dict[str, Any]:
    """`data` is JSON, a text under another content type, bytes, or None for no data."""
    document: dict[str, Any] = dict(to_wire(message.attributes))
    if message.data is None:
        return document
    if isinstance(message.data, bytes):
        document.setdefault("datacontenttype", BYTES)
        return document | {"data_base64": base64.b64encode(message.data).decode()}
    if not is_json(message.attributes.content_type) and not isinstance(message.data, str):
        raise InvalidMessage("data", "must be a string or bytes unless its content type is JSON")
    return document | {"data": message.data}


def from_dict(document: object) -> Message[Any]:
    """Raises InvalidMessage. A `data` of null counts as no data."""
    if not isinstance(document, Mapping):
        raise InvalidMessage("data", "is not a JSON object")
    if document.get("data") is not None and document.get("data_base64") is not None:
        raise InvalidMessage("data_base64", "must not be given together with `data`")
    attributes = from_wire(document)
    data = document.get("data")
    if data is not None and not is_json(attributes.content_type) and not isinstance(data, str):
        raise InvalidMessage("data", "must be a string unless its content type is JSON")
    return Message(
        _bytes(document) if document.get("data_base64") is not None else data, attributes
    )


def to_json(message: Message[Any]) -> bytes:
    return dump_json(to_dict(message))


def from_json(document: bytes | str) -> Message[Any]:
    return from_dict(load_json(document))


def to_batch(messages: Iterable[Message[Any]]) -> bytes:
    return dump_json([to_dict(message) for message in messages])


def from_batch(document: bytes | str) -> tuple[Message[Any], ...]:
    events = load_json(document)
    if not isinstance(events, list):
        raise InvalidMessage("data", "is not a JSON array")
    return tuple(from_dict(each) for each in events)


def _bytes(document: Mapping[str, Any]) -> bytes:
    encoded = document["data_base64"]
    try:
        if isinstance(encoded, str):
            return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidMessage("data_base64", "is not valid base64") from error
    raise InvalidMessage("data_base64", "must be a string")
