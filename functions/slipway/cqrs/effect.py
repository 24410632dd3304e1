"""Apply a command to an existing workflow."""

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
    """Change the workflow as `decide` returns, with the command and its caller in the events.

    Raises NotFound.
    """

    def decided(saga: Saga) -> Change | None:
        change = decide(saga)
        return change and caused_by(call, change)

    after = update(store, workflow_id, decided).workflow
    return Accepted(workflow_id=after.workflow_id, version=after.version)


def check_may_operate(workflow: WorkflowRecord, call: Call) -> None:
    """Raises NotFound: the existence of other owners' workflows is not revealed."""
    if not may_see(workflow.owner, call):
        raise NotFound(workflow.workflow_id)


def caused_by(call: Call, change: Change) -> Change:
    """Name the command and its caller in every event of the change."""
    return replace(change, events=tuple(following(call, event) for event in change.events))


def following(call: Call, event: Event) -> Event:
    return event.model_copy(update={"causation_id": call.id, "actor": call.owner})
