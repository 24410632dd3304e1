"""Convert records of the write table's stream to messages."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.messages import Message
from slipway.messages.events import Event

PARTITION = "pk"
_SOURCE = "slipway"


def read_record(record: Mapping[str, Any]) -> Message[Event] | None:
    """Return None for a record that is not a new event."""
    if record["eventName"] != "INSERT":
        return None
    event = read_event(record["dynamodb"]["NewImage"])
    return Message(event, event.attributes(_SOURCE)) if event else None
