"""Attributes of a message: those of CloudEvents 1.0, and Slipway's extensions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from slipway.messages import attribute_rules as rules
from slipway.messages.clock import utc_now
from slipway.messages.errors import InvalidMessage

Extension = str | int | bool
WIRE_NAMES = {
    "id": "id",
    "source": "source",
    "type": "type",
    "subject": "subject",
    "time": "time",
    "content_type": "datacontenttype",
    "schema": "dataschema",
    "correlation_id": "correlationid",
    "causation_id": "causationid",
    "deadline": "expirytime",
}
"""Wire names by field. `correlationid`, `causationid` and `expirytime` are documented
extensions."""
_CHECKS: Mapping[str, Callable[[str, Any], None]] = {
    "source": rules.check_uri_reference,
    "schema": rules.check_uri,
    "content_type": rules.check_media_type,
    "time": rules.check_time,
    "deadline": rules.check_time,
}
REQUIRED = ("id", "source", "type")
_TAKEN = rules.RESERVED | set(WIRE_NAMES.values())


def _new_id() -> str:
    return str(uuid4())


@dataclass(frozen=True, kw_only=True, slots=True)
class Attributes:
    """Validated on creation, so they can always be encoded. Raises InvalidMessage.

    After the `deadline` serving the message is of no use; `delivery_count` counts from 1, if the
    source counts, and is not encoded.
    """

    type: str
    source: str
    id: str = field(default_factory=_new_id)
    time: datetime | None = field(default_factory=utc_now)
    subject: str | None = None
    content_type: str | None = None
    schema: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    deadline: datetime | None = None
    delivery_count: int = 1
    extensions: Mapping[str, Extension] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for name, wire_name in WIRE_NAMES.items():
            value = getattr(self, name)
            if value is not None or name in REQUIRED:
                _CHECKS.get(name, rules.check_text)(wire_name, value)
        for name, value in self.extensions.items():
            rules.check_extension(name, value)
            if name in _TAKEN:
                raise InvalidMessage(name, "is not an extension: use its own field")
