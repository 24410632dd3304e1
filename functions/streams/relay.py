"""Tell the world what happened, and the state machine what to do: start, undo, go on as decided."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from slipway.adapters.dynamodb_stream import PARTITION, read_record
from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.processor import EventProcessor
from slipway.messages import Message, serve_dynamodb
from slipway.messages.events import Event
from slipway.saga import Store, Unavailable
from slipway.saga.turn import admit_next
from slipway.wiring import bus, executions, store


def relay(
    batch: Mapping[str, Any], bus: EventBus, executions: Executions, store: Store
) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(messages: Sequence[Message[Event]]) -> None:
        events = [message.data for message in messages]
        for event in events:
            _FOLLOWS.process(event, executions, store)
        refused = {event.sequence for event in bus.publish(events)}
        for message in messages:
            if message.data.sequence in refused:
                message.nack(Unavailable("bus_busy", "the event bus did not take an event"))

    return serve_dynamodb(batch, serve, read_record, partition=PARTITION)


def _start(event: Event, executions: Executions, _store: Store) -> None:
    """Not before its turn: one that waits for its target is admitted later."""
    if not event.data["workflow"].get("waits_for"):
        executions.start(event.workflow_id)


def _start_to_end(event: Event, executions: Executions, store: Store) -> None:
    """A cancel while it waits: there is no execution yet that could hear of it."""
    if store.load(event.workflow_id).workflow.waits_for:
        executions.start(event.workflow_id)


def _admit_next(event: Event, _executions: Executions, store: Store) -> None:
    if target := store.load(event.workflow_id).workflow.lock:
        admit_next(store, target)


def _undo(event: Event, executions: Executions, _store: Store) -> None:
    executions.undo(event.workflow_id, event.data["undo"]["execution"])


def _answer(event: Event, executions: Executions, store: Store) -> None:
    """The token is a key, so it is in no event. One that was parked anew waits for a new answer."""
    undo = store.load(event.workflow_id).steps[event.data["step"]["name"]].undo
    if undo and undo.resolution and undo.task_token:
        executions.answer(undo.task_token, undo.resolution.decision)


_FOLLOWS: EventProcessor[Event, [Executions, Store]] = EventProcessor(
    {
        "slipway.workflow.requested": (_start,),
        "slipway.workflow.admitted": (_start,),
        "slipway.workflow.cancel_requested": (_start_to_end,),
        "slipway.workflow.undo_requested": (_undo,),
        "slipway.workflow.completed": (_admit_next,),
        "slipway.workflow.compensated": (_admit_next,),
        "slipway.workflow.compensated_with_leftovers": (_admit_next,),
        "slipway.step.resolved": (_answer,),
    },
    type_of=attrgetter("type"),
)
"""By event: what has to follow, also when the event comes again."""


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return relay(event, bus(), executions(), store())
