"""What must be true of a workflow, of its records and of the world, however it went."""

from typing import Any

from slipway.messages.events import Event
from slipway.saga.recording import told_of
from slipway.saga.state import Saga, Status, StepStatus
from slipway.saga.store import TargetLocked
from slipway.saga.testing.trial import ME, Trial

_OVER = {StepStatus.UNDONE, StepStatus.KEPT}
_HEADER = ("status", "error", "cancel", "receipt")
_OTHER = "wf_cccccccccccccccccccccccc"


class LawBroken(AssertionError):  # noqa: N818  (named by the condition)
    """Says which law, and what was found instead."""

    def __init__(self, law: int, found: str) -> None:
        super().__init__(f"law {law}: {found}")
        self.law = law


def expect(holds: object, law: int, found: object) -> None:
    """Raises LawBroken, with what was found in words, unless it holds."""
    if not holds:
        raise LawBroken(law, str(found))


def judged(trial: Trial) -> str:
    """Records, order and truth in one: how the workflow ended. Raises LawBroken."""
    saga = trial.saga
    events = trial.store.events(ME)
    check_records(saga, events)
    if trial.subject.also:
        trial.subject.also(saga, events)
    check_never_forward_again(trial)
    end = _ENDS.get(saga.workflow.status)
    expect(end, 4, f"neither completed nor undone: {saga.workflow.status}, {trial.failure!r}")
    if end == "completed":
        check_completed(saga)
    else:
        check_told_truly(trial, saga)
    check_target_is_free(trial)
    return str(end)


_ENDS = {
    Status.COMPLETED: "completed",
    Status.COMPENSATED: "undone",
    Status.COMPENSATED_WITH_LEFTOVERS: "leftovers told",
}


def check_undone(trial: Trial) -> str:
    """The world is as it was, and the status says so."""
    end, saga = judged(trial), trial.saga
    cause = saga.workflow.error
    if end == "leftovers told":
        raise LawBroken(
            8, f"after a rollback the world differs: {trial.differs_from(trial.before)}"
        )
    expect(end == "undone", 4, f"ended {end}, not undone: {cause}")
    return end


def check_completed_as(trial: Trial, world: object) -> str:
    """Completed, with what is outside as if nothing had been in its way."""
    end, saga = judged(trial), trial.saga
    expect(end == "completed", 1, f"ended {end}, not completed: {saga.workflow.error}")
    check_world_as(trial, world)
    return end


def check_world_as(trial: Trial, world: object) -> None:
    if trial.world.snapshot() != world:
        differs = trial.differs_from(world)
        raise LawBroken(1, f"the world is not that of an undisturbed saga: {differs}")


def check_either(trial: Trial, world: object) -> str:
    """Completed as if undisturbed, or undone: which of them is left to the fault."""
    if trial.saga.workflow.status is Status.COMPLETED:
        return check_completed_as(trial, world)
    return check_undone(trial)


def check_completed(saga: Saga) -> None:
    open_steps = {s.name: s.status for s in saga.steps.values() if s.status is not StepStatus.DONE}
    expect(not open_steps, 9, f"completed, though not done: {open_steps}")


def check_told_truly(trial: Trial, saga: Saga) -> None:
    """Compensated means that the world is as it was; anything left over is told by its name."""
    receipt, now = saga.workflow.receipt, trial.world.snapshot()
    same = now == trial.before
    if receipt is None:
        raise LawBroken(8, "undone without a receipt")
    clean = saga.workflow.status is Status.COMPENSATED
    expect(receipt.clean is clean, 9, f"{saga.workflow.status}, but the receipt says {receipt}")
    if clean and not same:
        raise LawBroken(
            8, f"after {saga.workflow.status} the world differs: {trial.differs_from(trial.before)}"
        )
    expect(clean or not same, 9, f"leftovers are told, but there are none: {_given_up(saga)}")
    left = [s.name for s in saga.steps.values() if s.may_have_acted and s.status not in _OVER]
    parked = [s.name for s in saga.steps.values() if s.status is StepStatus.UNDO_PARKED]
    expect(left == parked, 5, f"neither undone nor parked: {sorted(set(left) - set(parked))}")


def _given_up(saga: Saga) -> str:
    """The undos that failed although there was nothing left to do, or what the receipt says."""
    failed = [
        f"the undo of {step.name} fails: {step.undo.error.message}"
        for step in saga.steps.values()
        if step.status is StepStatus.UNDO_PARKED and step.undo and step.undo.error
    ]
    return "; ".join(failed) or str(saga.workflow.receipt and saga.workflow.receipt.items)


def check_never_forward_again(trial: Trial) -> None:
    actions = [action for action, _ in trial.diary.entries]
    if "compensate" in actions:
        later = actions[actions.index("compensate") :]
        expect("execute" not in later, 12, f"forward after an undo: {trial.diary.entries}")
    types = [event.type for event in trial.store.events(ME)]
    turns = types.count("slipway.workflow.compensating")
    expect(turns <= 1, 12, f"it turned {turns} times")
    if turns:
        later_events = types[types.index("slipway.workflow.compensating") :]
        forward = {"slipway.step.started", "slipway.workflow.completed"} & set(later_events)
        expect(not forward, 12, f"after it turned: {forward}")


def check_records(saga: Saga, events: Any) -> None:
    """No event is missing, and they tell all that is on record."""
    numbers = [event.sequence for event in events]
    expect(numbers == list(range(1, saga.workflow.version + 1)), 11, f"numbers {numbers}")
    header, steps = replayed(events)
    known = saga.workflow.model_dump(mode="json", include=set(_HEADER))
    expect(header == known, 11, f"the events tell {header}, the record {known}")
    recorded = {name: told_of(record) for name, record in saga.steps.items()}
    expect(steps == recorded, 11, f"the events tell {steps}, the records {recorded}")


def replayed(events: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the steps, from the events alone."""
    header: dict[str, Any] = dict.fromkeys(_HEADER)
    steps: dict[str, Any] = {}
    for event in events:
        _fold(event, header, steps)
    return header, steps


def _fold(event: Event, header: dict[str, Any], steps: dict[str, Any]) -> None:
    told = event.data.get("workflow", {})
    header.update({name: told[name] for name in _HEADER if name in told})
    if step := event.data.get("step"):
        steps[step["name"]] = step


def check_target_is_free(trial: Trial) -> None:
    try:
        trial.submit(_OTHER)
    except TargetLocked as locked:
        raise LawBroken(10, f"the target is still locked by {locked.holder}") from locked
