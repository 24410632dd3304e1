"""Tell the world what happened, and the state machine what to do: start, undo, go on as decided."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.relaying import tell
from slipway.cqrs.stream import Heard, each_workflow
from slipway.cqrs.undelivered import Aside
from slipway.saga import Store
from slipway.wiring import aside, bus, executions, store


def relay(
    batch: Mapping[str, Any],
    bus: EventBus,
    executions: Executions,
    store: Store,
    aside: Aside | None = None,
) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(_workflow_id: str, heard: list[Heard]) -> str | None:
        told = tell([one.event for one in heard], bus, executions, store)
        refused = {event.sequence for event in told}
        return next((one.receipt for one in heard if one.event.sequence in refused), None)

    return each_workflow(batch, read_event, serve, aside)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return relay(event, bus(), executions(), store(), aside())
