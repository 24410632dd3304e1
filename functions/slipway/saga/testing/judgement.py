"""Checks the laws after a trial: the final status, the records, the events and the world."""

from collections.abc import Sequence
from typing import Any

from slipway.messages.events import Event
from slipway.saga.recording import published_step
from slipway.saga.state import Saga, Status, StepStatus
from slipway.saga.store import TargetLocked
from slipway.saga.testing.difference import differences, in_words
from slipway.saga.testing.trial import ME, Trial
from slipway.saga.testing.wording import cause, entered, failing, failing_undos, in_order

_OVER = {StepStatus.UNDONE, StepStatus.KEPT}
_HEADER = ("status", "error", "cancel", "receipt")
_OTHER = "wf_cccccccccccccccccccccccc"


class LawBroken(AssertionError):  # noqa: N818  (named by the condition)
    """`law` is the number of the broken law, `by` the step responsible, if known."""

    def __init__(self, law: int, found: str, by: str | None = None) -> None:
        super().__init__(f"law {law}: {found}")
        self.law, self.by = law, by


def expect(holds: object, law: int, found: object, by: str | None = None) -> None:
    """Raise LawBroken with the message `found` and the responsible step, unless `holds`."""
    if not holds:
        raise LawBroken(law, str(found), by)


def expect_order(trial: Trial, undone: Sequence[str], expected: Sequence[str]) -> None:
    """Raises LawBroken if the order differs, with the errors of undos that keep failing."""
    if list(undone) == list(expected):
        return
    why = failing_undos(trial.saga)
    found = f"undone in the order {in_order(undone)}, not {in_order(expected)}"
    by = next((step.name for step in failing(trial.saga)), None)
    raise LawBroken(6, f"{why}; {found}" if why else found, by)


def expect_same(trial: Trial, law: int, ended: Saga) -> None:
    """Raises LawBroken if anything was recorded after the saga had ended."""
    changed = in_words(differences(ended, trial.saga))
    expect(trial.saga == ended, law, f"the record changed after it had ended: {changed}")


def differs(trial: Trial, law: int, how: str, world: object) -> LawBroken:
    """The error for a world that differs from the expected snapshot."""
    return LawBroken(law, f"{how}: {trial.differs_from(world)}", trial.culprit(world))


def judged(trial: Trial) -> str:
    """Check records, order and final status; returns how it ended. Raises LawBroken."""
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
        check_receipt(trial, saga)
    check_target_is_free(trial)
    return str(end)


_ENDS = {
    Status.COMPLETED: "completed",
    Status.COMPENSATED: "undone",
    Status.COMPENSATED_WITH_LEFTOVERS: "leftovers reported",
}


def check_undone(trial: Trial) -> str:
    """Raises LawBroken unless everything was undone and the world is as it was before."""
    end, saga = judged(trial), trial.saga
    if end == "leftovers reported":
        raise differs(trial, 8, "after a rollback the world differs", trial.before)
    expect(end == "undone", 4, f"ended {end}, not undone: {cause(saga)}")
    return end


def check_completed_as(trial: Trial, world: object) -> str:
    """Raises LawBroken unless the saga completed and the world is as after an undisturbed one."""
    end, saga = judged(trial), trial.saga
    if end != "completed":
        raise LawBroken(1, *_stopped(trial, f"ended {end}, not completed: {cause(saga)}"))
    check_world_as(trial, world)
    return end


def _stopped(trial: Trial, found: str) -> tuple[str, str | None]:
    """Add the step that failed; if it failed after it was done, only the observer knows it."""
    error = trial.saga.workflow.error
    if error and error.step:
        return found, error.step
    raised = trial.chronicle.raised if trial.chronicle else None
    return (f"{found}; {raised[0]} raised {raised[1]!r}", raised[0]) if raised else (found, None)


def check_world_as(trial: Trial, world: object) -> None:
    if trial.world.snapshot() != world:
        raise differs(trial, 1, "the world differs from that of an undisturbed saga", world)


def check_either(trial: Trial, world: object) -> str:
    """Completed as if undisturbed, or undone: either is right for this fault."""
    if trial.saga.workflow.status is Status.COMPLETED:
        return check_completed_as(trial, world)
    return check_undone(trial)


def check_completed(saga: Saga) -> None:
    open_steps = [f"{s.name} {s.status}" for s in saga.steps.values() if s.status != "DONE"]
    expect(not open_steps, 9, f"completed, but not done: {', '.join(open_steps)}")


def check_receipt(trial: Trial, saga: Saga) -> None:
    """COMPENSATED requires an unchanged world, reported leftovers a changed one."""
    receipt, now = saga.workflow.receipt, trial.world.snapshot()
    same = now == trial.before
    if receipt is None:
        raise LawBroken(8, "undone without a receipt")
    clean = saga.workflow.status is Status.COMPENSATED
    says = "clean" if receipt.clean else "that something is left"
    expect(receipt.clean is clean, 9, f"{saga.workflow.status}, but the receipt says {says}")
    if clean and not same:
        raise differs(trial, 8, f"after {saga.workflow.status} the world differs", trial.before)
    by = next((step.name for step in failing(saga)), None)
    expect(
        clean or not same, 9, f"leftovers are reported, but there are none: {_given_up(saga)}", by
    )
    left = [s.name for s in saga.steps.values() if s.may_have_acted and s.status not in _OVER]
    parked = [s.name for s in saga.steps.values() if s.status is StepStatus.UNDO_PARKED]
    open_steps = ", ".join(sorted(set(left) - set(parked)))
    expect(left == parked, 5, f"neither undone nor parked: {open_steps}")


def _given_up(saga: Saga) -> str:
    """The errors of failing undos, or else the items of the receipt."""
    receipt = saga.workflow.receipt
    items = [f"{item.kind} {item.name} {item.state}" for item in (receipt.items if receipt else ())]
    return failing_undos(saga) or f"the receipt names {', '.join(items) or 'nothing'}"


def check_never_forward_again(trial: Trial) -> None:
    actions = [action for action, _ in trial.diary.entries]
    if "compensate" in actions:
        later = actions[actions.index("compensate") :]
        expect("execute" not in later, 12, f"forward after an undo: {entered(trial.diary.entries)}")
    types = [event.type for event in trial.store.events(ME)]
    turns = types.count("slipway.workflow.compensating")
    expect(turns <= 1, 12, f"it started compensating {turns} times")
    if turns:
        later_events = types[types.index("slipway.workflow.compensating") :]
        forward = {"slipway.step.started", "slipway.workflow.completed"} & set(later_events)
        expect(not forward, 12, f"after it started compensating: {forward}")


def check_once_at_a_time(trial: Trial) -> str:
    """No undo ran twice at the same time, and all was undone."""
    most = trial.diary.most_at_once
    twice = [step for (action, step), count in most.items() if action == "compensate" and count > 1]
    expect(
        not twice, 12, f"in flight twice: the undo of {', '.join(twice)}", next(iter(twice), None)
    )
    return check_undone(trial)


def check_records(saga: Saga, events: Any) -> None:
    """No event is missing, and replaying the events gives the recorded state."""
    numbers = [event.sequence for event in events]
    expect(numbers == list(range(1, saga.workflow.version + 1)), 11, f"numbers {numbers}")
    header, steps = replayed(events)
    known = saga.workflow.model_dump(mode="json", include=set(_HEADER))
    expect(header == known, 11, f"the replayed workflow differs: {_difference(known, header)}")
    recorded = {name: published_step(record) for name, record in saga.steps.items()}
    expect(steps == recorded, 11, f"the replayed steps differ: {_difference(recorded, steps)}")


def _difference(recorded: object, by_events: object) -> str:
    return in_words(differences(recorded, by_events))


def replayed(events: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fold the events into the workflow's header and its steps."""
    header: dict[str, Any] = dict.fromkeys(_HEADER)
    steps: dict[str, Any] = {}
    for event in events:
        _fold(event, header, steps)
    return header, steps


def _fold(event: Event, header: dict[str, Any], steps: dict[str, Any]) -> None:
    changed = event.data.get("workflow", {})
    header.update({name: changed[name] for name in _HEADER if name in changed})
    if step := event.data.get("step"):
        steps[step["name"]] = step


def check_target_is_free(trial: Trial) -> None:
    try:
        trial.submit(_OTHER)
    except TargetLocked as locked:
        raise LawBroken(10, f"the target is still locked by {locked.holder}") from locked
