"""Relay events: publish them, start or undo executions, and admit queued workflows.

Used by the stream, and by an operator's replay.
"""

from collections.abc import Sequence
from operator import attrgetter

from slipway.cqrs.outbox import EventBus, Executions
from slipway.cqrs.processor import EventProcessor
from slipway.messages.events import Event
from slipway.saga import Store
from slipway.saga.target_admission import admit_next


def tell(
    events: Sequence[Event], bus: EventBus, executions: Executions, store: Store
) -> Sequence[Event]:
    """Relay one workflow's events, in order; return those that the bus did not accept.

    Safe to repeat: an execution's name, a task token and an event's id take effect once.
    """
    for event in events:
        _FOLLOWS.process(event, executions, store)
    return bus.publish(events)


def _start(event: Event, executions: Executions, _store: Store) -> None:
    """Do not start a workflow that is queued for its target: it is admitted later."""
    if not event.data["workflow"].get("waits_for"):
        executions.start(event.workflow_id)


def _start_to_end(event: Event, executions: Executions, store: Store) -> None:
    """Start an execution for a queued, cancelled workflow so it can terminate."""
    if store.load(event.workflow_id).workflow.waits_for:
        executions.start(event.workflow_id)


def _admit_next(event: Event, _executions: Executions, store: Store) -> None:
    if target := store.load(event.workflow_id).workflow.lock:
        admit_next(store, target)


def _undo(event: Event, executions: Executions, _store: Store) -> None:
    executions.undo(event.workflow_id, event.data["undo"]["execution"])


def _answer(event: Event, executions: Executions, store: Store) -> None:
    """The task token is a secret, so no event has it. A re-parked undo needs a new decision."""
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
"""Handlers by event type; each is idempotent, because events are redelivered."""
