"""Destinations of the event stream: the event bus and the failure queue."""

from typing import TYPE_CHECKING

from slipway.scopes import provider
from slipway.wiring.installation import client, pause, settings

if TYPE_CHECKING:
    from slipway.cqrs.dead_letters import DeadLetters, StreamPositions
    from slipway.cqrs.outbox import EventBus


@provider
def bus() -> "EventBus":
    from slipway.adapters.event_bus import EventBridgeBus

    return EventBridgeBus(client("events"), settings().bus, settings().stage, pause())


@provider
def aside() -> "DeadLetters | None":
    """None without a failure queue: what fails is then only retried."""
    from slipway.adapters.failure_queue import dead_letters_in

    url = settings().undelivered_url
    return dead_letters_in(client("sqs"), url) if url else None


@provider
def stream_positions() -> "StreamPositions":
    from slipway.adapters.failure_queue import DynamoDbStreamPositions

    return DynamoDbStreamPositions(client("dynamodbstreams"))
