"""What must be true of a workflow and of the world at the end of a cell."""

from collections.abc import Sequence
from typing import Any

from slipway.cqrs.fold import fold
from slipway.messages.events import Event
from slipway.messages.views import StepView, WorkflowView
from slipway.saga import Saga, Status, StepStatus

_ENDED = {StepStatus.UNDONE, StepStatus.KEPT}


def check_told_undone(saga: Saga) -> None:
    assert saga.workflow.status is Status.COMPENSATED
    assert saga.workflow.receipt is not None
    assert saga.workflow.receipt.clean
    open_steps = [
        step.name
        for step in saga.steps.values()
        if step.may_have_acted and step.status not in _ENDED
    ]
    assert open_steps == []


def check_events(saga: Saga, events: Sequence[Event]) -> WorkflowView:
    """No event is missing, and the view that is folded from them tells the whole story."""
    assert [event.sequence for event in events] == list(range(1, saga.workflow.version + 1))
    view: WorkflowView | None = None
    for event in events:
        view = fold(view, event)
    assert view is not None
    assert view.status == saga.workflow.status
    assert {step.name: _told(step) for step in view.steps if step.name in saga.steps} == {
        name: _told(StepView.model_validate(record.model_dump()))
        for name, record in saga.steps.items()
    }
    return view


def _told(step: StepView) -> dict[str, Any]:
    undo = step.undo and step.undo.model_dump(exclude={"duration_ms"})
    return {**step.model_dump(exclude={"duration_ms", "undo"}), "undo": undo}
