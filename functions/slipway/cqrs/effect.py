"""The effect of a command on a workflow that is there."""

from collections.abc import Callable
from dataclasses import replace

from slipway.cqrs.authority import may_see
from slipway.cqrs.request import Call
from slipway.messages.events import Event
from slipway.messages.views import Accepted
from slipway.saga.state import Saga, WorkflowRecord
from slipway.saga.store import Change, NotFound, Store
from slipway.saga.update import update


def take_effect(
    store: Store, call: Call, workflow_id: str, decide: Callable[[Saga], Change | None]
) -> Accepted:
    """Changes the workflow as `decide` says, and tells in its events who asked. Raises NotFound."""

    def decided(saga: Saga) -> Change | None:
        change = decide(saga)
        return change and caused_by(call, change)

    after = update(store, workflow_id, decided).workflow
    return Accepted(workflow_id=after.workflow_id, version=after.version)


def check_may_operate(workflow: WorkflowRecord, call: Call) -> None:
    """Raises NotFound: for everybody else it is not there."""
    if not may_see(workflow.owner, call):
        raise NotFound(workflow.workflow_id)


def caused_by(call: Call, change: Change) -> Change:
    """Every event of the change names the command that it follows from, and who sent that."""
    return replace(change, events=tuple(following(call, event) for event in change.events))


def following(call: Call, event: Event) -> Event:
    return event.model_copy(update={"causation_id": call.id, "actor": call.owner})
