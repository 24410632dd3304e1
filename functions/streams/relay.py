"""Relay events to the bus, and start, undo or resume executions of the state machine."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.adapters.dynamodb_stream import PARTITION, read_record
from slipway.cqrs.dead_letters import DeadLetters, dead_lettering
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.relaying import tell
from slipway.messages import Message, serve_dynamodb
from slipway.messages.events import Event
from slipway.saga import Store, Unavailable
from slipway.wiring import aside, bus, executions, store


def relay(
    batch: Mapping[str, Any],
    bus: EventBus,
    executions: Executions,
    store: Store,
    aside: DeadLetters | None = None,
) -> dict[str, Any]:
    """Request and response are in the stream's format; the response names what to redeliver."""

    def serve(messages: Sequence[Message[Event]]) -> None:
        rejected = tell([message.data for message in messages], bus, executions, store)
        refused = {event.sequence for event in rejected}
        for message in messages:
            if message.data.sequence in refused:
                message.nack(Unavailable("bus_busy", "the event bus rejected an event"))

    give_up = dead_lettering(aside)
    return serve_dynamodb(batch, serve, read_record, partition=PARTITION, give_up=give_up)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return relay(event, bus(), executions(), store(), aside())
