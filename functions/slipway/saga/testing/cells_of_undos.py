"""Undos that run twice, find nothing, die, fail, or meet a restart: laws 2, 4, 6, 9 and 12."""

from collections.abc import Callable, Iterator
from typing import Any

from slipway.saga.errors import Unavailable
from slipway.saga.state import Saga, Status, StepStatus
from slipway.saga.testing.cells import Cell, Ground, Judge
from slipway.saga.testing.faults import KINDS, WHEN, Fault
from slipway.saga.testing.judgement import (
    check_completed_as,
    check_once_at_a_time,
    check_undone,
    expect,
    expect_order,
    expect_same,
    judged,
)
from slipway.saga.testing.trial import ME, Trial
from slipway.saga.testing.wording import entered, failing_undos, in_order


def run_twice(ground: Ground) -> Iterator[Cell]:
    """Law 2: delivered again while it runs, after it ran, or because its response was lost."""
    for fault in ground.at_every_step("again", "compensate", times=1):
        yield ground.cell(2, ground.rollback, fault, judge=check_undone)
    for faults in (ground.at_every_step, ground.at_every_call):
        for fault in filter(ground.is_tried_again, faults("unavailable", "compensate", times=1)):
            yield ground.cell(2, ground.rollback, fault, judge=check_undone)
    for step in ground.steps:
        yield Cell(2, f"undo-{step}-of-nothing", _undo_of_nothing(ground, step))


def _undo_of_nothing(ground: Ground, step: str) -> Callable[[], str]:
    """No step has started; then this step was killed before it acted; then it is already undone."""

    def check() -> str:
        trial = ground.trial()
        trial.submit()
        _quiet(trial.deliver("compensate", step), step)
        expect(
            not trial.diary.entries,
            2,
            f"entered although nothing was to undo: {entered(trial.diary.entries)}",
        )
        other = ground.trial(Fault(step, "killed", "before"))
        other.play()
        undo = other.saga.steps[step].undo
        why = undo and undo.error and undo.error.message
        expect(not why, 2, f"the undo of {step} fails where there is nothing to undo: {why}", step)
        _quiet(other.deliver("compensate", step), step)
        trial.undo(ME)
        check_undone(trial)
        return check_undone(other)

    return check


def _quiet(error: BaseException | None, step: str) -> None:
    expect(error is None, 2, f"the undo of {step} had nothing to undo and raised {error!r}", step)


def die(ground: Ground) -> Iterator[Cell]:
    """Law 4: killed at any port call, forward or during the undo."""
    for fault in ground.at_every_call("killed"):
        yield ground.cell(4, fault, judge=check_undone)
    for fault in ground.at_every_call("aborted", times=1):
        yield ground.cell(4, fault, judge=_rescued)
    for fault in ground.at_every_step("aborted", times=1):
        yield Cell(4, f"{fault}-resumed", _resumed(ground, fault))
    for fault in filter(
        ground.is_tried_again, ground.at_every_call("killed", "compensate", times=1)
    ):
        yield ground.cell(4, ground.rollback, fault, judge=check_undone)
    for fault in ground.at_every_call("aborted", "compensate", times=1):
        yield ground.cell(4, ground.rollback, fault, judge=_rescued)


def _rescued(trial: Trial) -> str:
    trial.rescue()
    return check_undone(trial)


def _resumed(ground: Ground, fault: Fault) -> Callable[[], str]:
    """The execution died going forward; started again, it continues where it was."""

    def check() -> str:
        trial = ground.trial(fault)
        trial.play()
        trial.restart()
        return check_completed_as(trial, ground.completed)

    return check


def fail_until_mended(ground: Ground) -> Iterator[Cell]:
    """Law 6: retried, then parked; an operator who has mended the cause retries it."""
    for fault in ground.at_every_step("unavailable", "compensate"):
        yield Cell(6, f"{fault}-mended", _mended(ground, fault))


def _mended(ground: Ground, fault: Fault) -> Callable[[], str]:
    def check() -> str:
        trial = ground.trial(ground.rollback, fault)
        trial.decision = "retry"
        trial.play()
        undos = trial.diary.of("compensate")
        tries = 2 + ground.subject.plan[fault.step].undo_retries
        found = f"undone {in_order(undos)}, but {fault.step} not within {tries} tries"
        why = failing_undos(trial.saga)
        done = undos.count(fault.step) == tries
        expect(done, 6, f"{why}; {found}" if why else found, fault.step)
        expect_order(trial, list(dict.fromkeys(undos)), ground.steps[::-1])
        return check_undone(trial)

    return check


def fail_for_ever(ground: Ground) -> Iterator[Cell]:
    """Law 6: parked, skipped and reported; all other undos run. For `rejected` see law 9."""
    for step in ground.steps:
        for kind in KINDS[1:]:
            for when in WHEN:
                fault = Fault(step, kind, when, "compensate")
                yield ground.cell(6, ground.rollback, fault, judge=_given_up(ground, fault))


def _given_up(ground: Ground, fault: Fault) -> Judge:
    def judge(trial: Trial) -> str:
        parked = {s.name for s in trial.saga.steps.values() if s.status is StepStatus.UNDO_PARKED}
        others = ", ".join(sorted(parked - {fault.step})) or "nothing"
        found = f"only {fault.step} should be parked, but so is {others}"
        why = failing_undos(trial.saga)
        by = others if parked - {fault.step} else fault.step
        expect(parked == {fault.step}, 6, f"{why}; {found}" if why else found, by)
        expect_order(trial, list(dict.fromkeys(trial.diary.of("compensate"))), ground.steps[::-1])
        return judged(trial)

    return judge


def give_up(ground: Ground) -> Iterator[Cell]:
    """Law 9: exactly what a skipped undo left behind is reported."""
    for fault in ground.at_every_step("rejected", "compensate"):
        yield ground.cell(9, ground.rollback, fault, judge=_given_up(ground, fault))


def look_in_vain(ground: Ground) -> Iterator[Cell]:
    """Law 9: if the world cannot be inspected, the saga never ends as clean."""

    def blind(_saga: Saga) -> list[Any]:
        raise Unavailable("blind", "the world does not respond")

    def check() -> str:
        trial = ground.trial(ground.rollback)
        trial.inspectors.append(blind)
        trial.play()
        workflow = trial.saga.workflow
        left = workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
        expect(left, 9, f"nothing could be verified, but its status is {workflow.status}")
        return "leftovers reported"

    yield Cell(9, "the-world-cannot-be-asked", check)


def meet_a_restart(ground: Ground) -> Iterator[Cell]:
    """Law 12: nothing runs forward again, and no undo is in flight twice."""
    for fault in ground.at_every_step("restarted", "compensate", times=1):
        yield ground.cell(12, ground.rollback, fault, judge=check_once_at_a_time)
    for fault in ground.at_every_step("second-pass", "compensate", times=1):
        yield ground.cell(12, ground.rollback, fault, judge=check_once_at_a_time)
    for fault in ground.at_every_step("aborted", "compensate", times=1):
        yield ground.cell(12, ground.rollback, fault, judge=_restarted)
    for step in ground.steps:
        fault = Fault(step, "rejected", "after")
        yield Cell(12, f"{fault}-and-all-over-again", _all_over_again(ground, fault))


def _restarted(trial: Trial) -> str:
    """The execution died while undoing, and the workflow is started again."""
    trial.wait()
    trial.restart()
    return check_undone(trial)


def _all_over_again(ground: Ground, fault: Fault) -> Callable[[], str]:
    def check() -> str:
        trial = ground.trial(fault)
        trial.play()
        ended, entries = trial.saga, list(trial.diary.entries)
        trial.restart()
        trial.rescue()
        for step in ground.steps:
            trial.deliver("execute", step)
            trial.deliver("compensate", step, "late-1")
        expect_same(trial, 12, ended)
        again = trial.diary.entries[len(entries) :]
        expect(trial.diary.entries == entries, 12, f"entered after the end: {entered(again)}")
        return check_undone(trial)

    return check
