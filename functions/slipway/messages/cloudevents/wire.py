"""Convert attributes to their names on the wire, and back."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from slipway.messages.attribute_rules import RESERVED
from slipway.messages.attributes import REQUIRED, WIRE_NAMES, Attributes, Extension
from slipway.messages.errors import InvalidMessage

SPEC_VERSION = "1.0"
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def to_wire(attributes: Attributes) -> dict[str, Extension]:
    """Times are RFC 3339 in UTC; unset attributes are omitted."""
    values = {wire: getattr(attributes, name) for name, wire in WIRE_NAMES.items()}
    return {
        "specversion": SPEC_VERSION,
        **{wire: _canonical(value) for wire, value in values.items() if value is not None},
        **attributes.extensions,
    }


def from_wire(attributes: Mapping[str, Any]) -> Attributes:
    """Names are in lower case; None counts as unset. Raises InvalidMessage."""
    version = attributes.get("specversion")
    if version != SPEC_VERSION:
        raise InvalidMessage("specversion", f"must be {SPEC_VERSION!r}")
    given = {name: value for name, value in attributes.items() if value is not None}
    for name in REQUIRED:
        if name not in given:
            raise InvalidMessage(name, "is missing")
    fields = {"time": None} | {
        field: _READ.get(field, _as_it_is)(wire, given[wire])
        for field, wire in WIRE_NAMES.items()
        if wire in given
    }
    known = RESERVED | set(WIRE_NAMES.values())
    extensions = {name: value for name, value in given.items() if name not in known}
    return Attributes(**fields, extensions=extensions)


def _canonical(value: datetime | str) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def _as_it_is(_name: str, value: Any) -> Any:
    return value


def _time(name: str, value: Any) -> datetime:
    """Digits beyond microseconds are truncated."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise InvalidMessage(name, "must be an RFC 3339 time")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise InvalidMessage(name, "is not a valid date or time") from error


_READ: Mapping[str, Callable[[str, Any], Any]] = {"time": _time, "deadline": _time}
