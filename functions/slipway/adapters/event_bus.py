"""Publish events to EventBridge, as CloudEvents in structured JSON."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import aws_errors
from slipway.messages.events import Event

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient

_BATCH = 10  # the limit of one PutEvents
_WAITS_S = (0.1, 0.4)  # between three attempts; later retries are up to the stream


class EventBridgeBus:
    """Implements `slipway.cqrs.outbox.EventBus`. `pause` sleeps for a number of seconds."""

    def __init__(
        self, client: "EventBridgeClient", bus: str, stage: str, pause: Callable[[float], None]
    ) -> None:
        self._client = client
        self._bus = bus
        self._stage = stage
        self._pause = pause

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return the events that the bus rejected three times. Raises Unavailable."""
        left = self._put_all(events)
        for wait_s in _WAITS_S:
            if not left:
                break
            self._pause(wait_s)
            left = self._put_all(left)
        return left

    def _put_all(self, events: Sequence[Event]) -> list[Event]:
        batches = (events[start : start + _BATCH] for start in range(0, len(events), _BATCH))
        return [event for batch in batches for event in self._put(batch)]

    def _put(self, events: Sequence[Event]) -> list[Event]:
        """PutEvents succeeds even if entries fail; its response lists the failed ones."""
        with aws_errors("publish events"):
            answer = self._client.put_events(Entries=[self._entry(event) for event in events])
        if not answer["FailedEntryCount"]:
            return []
        results = zip(events, answer["Entries"], strict=True)
        return [event for event, result in results if result.get("ErrorCode")]

    def _entry(self, event: Event) -> Any:
        document = event.to_cloudevent(self._stage)
        return {
            "EventBusName": self._bus,
            "Source": document["source"],
            "DetailType": event.type,
            "Time": event.time,
            "Resources": [],
            "Detail": json.dumps(document, ensure_ascii=False),
        }
