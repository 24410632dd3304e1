"""Tell the world what happened, and start the execution of every workflow that was requested."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.stream import Heard, each_workflow
from slipway.wiring import bus, executions

_REQUESTED = "slipway.workflow.requested"


def relay(batch: Mapping[str, Any], bus: EventBus, executions: Executions) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(workflow_id: str, heard: list[Heard]) -> str | None:
        if any(one.event.type == _REQUESTED for one in heard):
            executions.start(workflow_id)
        refused = {event.sequence for event in bus.publish([one.event for one in heard])}
        return next((one.receipt for one in heard if one.event.sequence in refused), None)

    return each_workflow(batch, read_event, serve)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return relay(event, bus(), executions())
