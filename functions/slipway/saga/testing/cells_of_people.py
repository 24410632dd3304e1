"""Cancels, duplicate starts, second workflows and replays at any moment: laws 10 and 11."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from slipway.saga.state import Status
from slipway.saga.store import Conflict, TargetLocked
from slipway.saga.testing.cells import Cell, Ground
from slipway.saga.testing.faults import Fault
from slipway.saga.testing.judgement import (
    check_completed_as,
    check_records,
    check_undone,
    expect,
    expect_same,
    replayed,
)
from slipway.saga.testing.trial import ME, Trial
from slipway.saga.testing.wording import cause, entered


def cancel(ground: Ground) -> Iterator[Cell]:
    """Law 10: before the start, during each step and each undo, twice, and after the end."""
    for fault in ground.at_every_step("cancelled", times=1):
        yield ground.cell(10, fault, judge=judge_cancelled)
    for fault in ground.at_every_step("cancelled", "compensate", times=1):
        yield ground.cell(10, ground.rollback, fault, judge=_cancelled_too_late)
    for fault in ground.at_every_step("aborted", times=1):
        yield Cell(10, f"{fault}-then-cancelled-and-started", _died_first(ground, fault))
    yield Cell(10, "cancelled-before-the-start", lambda: _cancelled_before(ground, 1))
    yield Cell(10, "cancelled-twice", lambda: _cancelled_before(ground, 2))
    yield Cell(10, "cancelled-when-completed", lambda: _cancelled_at_the_end(ground))


def judge_cancelled(trial: Trial) -> str:
    error = trial.saga.workflow.error
    found = f"cancelled, but recorded cause: {cause(trial.saga)}"
    expect(error and error.code == "cancelled", 10, found)
    return check_undone(trial)


def _died_first(ground: Ground, fault: Fault) -> Callable[[], str]:
    def check() -> str:
        trial = ground.trial(fault)
        trial.play()
        trial.cancel()
        trial.restart()
        return judge_cancelled(trial)

    return check


def _cancelled_too_late(trial: Trial) -> str:
    expect(trial.saga.workflow.cancel is None, 10, "a cancel without effect is recorded")
    return check_undone(trial)


def _cancelled_before(ground: Ground, times: int) -> str:
    trial = ground.trial()
    trial.submit()
    for _ in range(times):
        trial.cancel()
    expect(trial.saga.workflow.version == 1 + 1, 10, f"{times} cancels are recorded")
    trial.run()
    expect(
        not trial.diary.entries,
        10,
        f"cancelled before the start, but entered: {entered(trial.diary.entries)}",
    )
    return judge_cancelled(trial)


def _cancelled_at_the_end(ground: Ground) -> str:
    trial = ground.trial()
    trial.play()
    trial.cancel()
    trial.restart()
    return check_completed_as(trial, ground.completed)


def start_again(ground: Ground) -> Iterator[Cell]:
    """Law 10: submitting or starting twice has the effect of once, also after the end."""
    for fault in ground.at_every_step("restarted", times=1):
        yield ground.cell(
            10, fault, judge=lambda trial: check_completed_as(trial, ground.completed)
        )
    yield Cell(10, "submitted-again-after-completion", _again(ground))
    yield Cell(10, "submitted-again-after-rollback", _again(ground, ground.rollback))
    for step in ground.steps:
        fault = Fault(step, "second-workflow", "after", times=1)
        yield Cell(10, str(fault), _second_workflow(ground, fault))


def _again(ground: Ground, *faults: Fault) -> Callable[[], str]:
    def check() -> str:
        trial = ground.trial(*faults)
        trial.play()
        ended = trial.saga
        with suppress(Conflict):  # or the store recognizes the identical request
            trial.submit()
        trial.restart()
        expect_same(trial, 10, ended)
        return check_undone(trial) if faults else check_completed_as(trial, ground.completed)

    return check


def _second_workflow(ground: Ground, fault: Fault) -> Callable[[], str]:
    """A second workflow for the same target is refused while the first one runs."""

    def check() -> str:
        trial, refused = ground.trial(), []

        def submit() -> None:
            try:
                trial.submit("wf_dddddddddddddddddddddddd")
            except TargetLocked as locked:
                refused.append(locked.holder)

        trial.strikes["second-workflow"] = submit
        trial.sabotage(fault)
        trial.play()
        expect(refused == [ME], 10, f"two workflows for one target, refused: {refused}")
        return check_completed_as(trial, ground.completed)

    return check


def replay(ground: Ground) -> Iterator[Cell]:
    """Law 11: no gaps, and replaying the events, once or repeatedly, gives the same views."""
    yield Cell(11, "replayed-after-completion", lambda: _replayed(ground.trial(), "completed"))
    for fault in ground.at_every_step("rejected"):
        yield Cell(11, f"replayed-after-{fault}", _replayed_after(ground, fault))


def _replayed_after(ground: Ground, fault: Fault) -> Callable[[], str]:
    return lambda: _replayed(ground.trial(fault), "undone")


def _replayed(trial: Trial, end: str) -> str:
    trial.play()
    saga, events = trial.saga, list(trial.store.events(ME))
    check_records(saga, events)
    for number in range(len(events)):
        rest = list(trial.store.events(ME, after=number))
        expect(rest == events[number:], 11, f"after {number}: {rest}")
    expect(
        replayed(events + events) == replayed(events),
        11,
        "replaying the events twice gives another state",
    )
    differs = "" if end == "completed" else trial.differs_from(trial.before)
    expect(_reads_as(saga.workflow.status) == end, 11, f"ended {saga.workflow.status}: {differs}")
    return end


def _reads_as(status: Status) -> str:
    return {Status.COMPLETED: "completed", Status.COMPENSATED: "undone"}.get(status, status)
