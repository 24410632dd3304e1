"""Tell the world what happened, and start every execution that was asked for."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.stream import Heard, each_workflow
from slipway.messages.events import Event
from slipway.wiring import bus, executions

_REQUESTED = "slipway.workflow.requested"
_UNDO_REQUESTED = "slipway.workflow.undo_requested"


def relay(batch: Mapping[str, Any], bus: EventBus, executions: Executions) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(_workflow_id: str, heard: list[Heard]) -> str | None:
        for event in (one.event for one in heard):
            _start(event, executions)
        refused = {event.sequence for event in bus.publish([one.event for one in heard])}
        return next((one.receipt for one in heard if one.event.sequence in refused), None)

    return each_workflow(batch, read_event, serve)


def _start(event: Event, executions: Executions) -> None:
    if event.type == _REQUESTED:
        executions.start(event.workflow_id)
    elif event.type == _UNDO_REQUESTED:
        executions.undo(event.workflow_id, event.data["undo"]["execution"])


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return relay(event, bus(), executions())
