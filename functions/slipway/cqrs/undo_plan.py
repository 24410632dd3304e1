"""What a cancel or a rollback would undo now: a pure function of the view."""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from slipway.messages.views import StepView, UndoPlan, UndoPlanStep, WorkflowView

Command = Literal["cancel", "rollback", "resolve"]


class _Verdict(NamedTuple):
    command: Command | None
    possible: bool
    reason: str | None


_VERDICTS: Mapping[str, _Verdict] = {
    "REQUESTED": _Verdict("cancel", possible=True, reason=None),
    "RUNNING": _Verdict("cancel", possible=True, reason=None),
    "COMPLETED": _Verdict("rollback", possible=True, reason=None),
    "COMPENSATING": _Verdict(None, possible=True, reason="it is already being undone"),
    "PARKED": _Verdict("resolve", possible=True, reason="an undo waits for a decision"),
    "COMPENSATED": _Verdict(None, possible=False, reason="it was undone completely"),
    "COMPENSATED_WITH_LEFTOVERS": _Verdict(
        None, possible=False, reason="it was undone as far as it could be; see its receipt"
    ),
}


def undo_plan(
    view: WorkflowView,
    irreversible: Collection[str],
    newer: WorkflowView | None = None,
    elsewhere: str | None = None,
) -> UndoPlan:
    """`newer` is a later workflow that has deployed to the same target, or works on it.

    `elsewhere` is the reason why this system cannot undo it.
    """
    verdict = _VERDICTS[view.status]
    if newer and verdict.command == "rollback":
        has = "has deployed to" if newer.status == "COMPLETED" else "is running on"
        reason = f"{newer.workflow_id} {has} the same target"
        verdict = verdict._replace(possible=False, reason=reason)
    if elsewhere and verdict.command == "rollback":
        verdict = verdict._replace(possible=False, reason=elsewhere)
    if view.status in {"REQUESTED", "RUNNING"} and view.cancel:
        verdict = _Verdict(None, possible=True, reason="its cancellation was already requested")
    return UndoPlan(
        workflow_id=view.workflow_id,
        status=view.status,
        version=view.version,
        **verdict._asdict(),
        steps=tuple(_planned(step, step.name in irreversible) for step in reversed(view.steps)),
    )


_NOTHING: Mapping[str, str] = {
    "PENDING": "it was not started",
    "UNDONE": "it is already undone",
    "KEPT": "it was kept, as declared",
}
_UNCERTAIN: Mapping[str, str] = {
    "INTENT": "it is running: whatever it creates is removed",
    "FAILED": "it failed: whatever it may have created is removed",
    "UNDO_INTENT": "its undo is running",
}


def _planned(step: StepView, irreversible: bool) -> UndoPlanStep:
    planned = UndoPlanStep(
        name=step.name, status=step.status, action="nothing", irreversible=irreversible
    )
    if step.status in _NOTHING:
        return planned.model_copy(update={"reason": _NOTHING[step.status]})
    if step.status == "UNDO_SKIPPED":
        return planned.model_copy(update=_left(step))
    if irreversible:
        return planned.model_copy(
            update={"action": "keep", "keeps": step.created, "reason": "it is never undone"}
        )
    if step.status == "DONE" and not (step.created or step.adopted):
        return planned.model_copy(update={"reason": "it created nothing persistent"})
    parked = step.status == "UNDO_PARKED"
    return planned.model_copy(
        update={
            "action": "wait" if parked else "undo",
            "removes": step.created,
            "restores": step.adopted,
            "reason": "its undo failed; resolve it" if parked else _UNCERTAIN.get(step.status),
        }
    )


def _left(step: StepView) -> dict[str, object]:
    resolution = step.undo.resolution if step.undo else None
    who = resolution.decided_by if resolution else "an operator"
    why = resolution.reason if resolution else None
    return {"action": "leave", "keeps": step.created, "reason": f"left by {who}: {why}"}
