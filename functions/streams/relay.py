"""Tell the world what happened, and the state machine what to do: start, or go on as decided."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.stream import Heard, each_workflow
from slipway.saga import Saga, Store
from slipway.wiring import bus, executions, store

_REQUESTED = "slipway.workflow.requested"
_RESOLVED = "slipway.step.resolved"


def relay(
    batch: Mapping[str, Any], bus: EventBus, executions: Executions, store: Store
) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(workflow_id: str, heard: list[Heard]) -> str | None:
        if any(one.event.type == _REQUESTED for one in heard):
            executions.start(workflow_id)
        for step in (one.event.data["step"] for one in heard if one.event.type == _RESOLVED):
            _answer(store.load(workflow_id), step["name"], executions)
        refused = {event.sequence for event in bus.publish([one.event for one in heard])}
        return next((one.receipt for one in heard if one.event.sequence in refused), None)

    return each_workflow(batch, read_event, serve)


def _answer(saga: Saga, step: str, executions: Executions) -> None:
    """The token is a key, so it is in no event. One that was parked anew waits for a new answer."""
    undo = saga.steps[step].undo
    if undo and undo.resolution and undo.task_token:
        executions.answer(undo.task_token, undo.resolution.decision)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return relay(event, bus(), executions(), store())
