"""Event filters: a record is delivered when one of the patterns matches it."""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.events.models import EventPattern


def matches_any(record: Mapping[str, Any], patterns: Sequence[Mapping[str, Any]]) -> bool:
    """Without patterns, every record matches."""
    return not patterns or any(
        EventPattern(None, dict(pattern)).matches_event(record)  # type: ignore[arg-type]
        for pattern in patterns
    )
