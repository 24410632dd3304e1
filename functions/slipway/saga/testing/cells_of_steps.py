"""Steps that fail, run twice, land late, or complete too early: laws 1, 3, 5 and 7 to 9."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from slipway.saga.errors import Rejected
from slipway.saga.state import Status
from slipway.saga.testing.cells import Cell, Ground, Judge
from slipway.saga.testing.faults import KINDS, WHEN, Fault
from slipway.saga.testing.judgement import (
    check_completed_as,
    check_undone,
    differs,
    expect,
    expect_order,
    judged,
)
from slipway.saga.testing.trial import ME, Trial
from slipway.saga.testing.wording import cause, in_order

OLDER = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
_TOLD = {"defect": "defect", "killed": "interrupted"}


def run_twice(ground: Ground) -> Iterator[Cell]:
    """Law 1: delivered again while it runs, or retried because the response was lost."""

    def judge(trial: Trial) -> str:
        return check_completed_as(trial, ground.completed)

    for fault in ground.at_every_step("again", times=1):
        yield ground.cell(1, fault, judge=judge)
    for faults in (ground.at_every_step, ground.at_every_call):
        for fault in filter(ground.is_tried_again, faults("unavailable", times=1)):
            yield ground.cell(1, fault, judge=judge)


def land_late(ground: Ground) -> Iterator[Cell]:
    """Law 3: the undo overtakes a running step, or the step is delivered after its undo."""
    for kind in ("overtaken", "timed-out"):
        for fault in ground.at_every_step(kind, times=1):
            yield ground.cell(3, fault, judge=check_undone)
    for fault in ground.at_every_call("overtaken", times=1):
        yield ground.cell(3, fault, judge=check_undone)
    for step in ground.steps:
        yield ground.cell(3, Fault(step, "rejected", "after"), judge=_then_delivered(step))


def _then_delivered(step: str) -> Judge:
    def judge(trial: Trial) -> str:
        error = trial.deliver("execute", step)
        expect(
            isinstance(error, Rejected), 3, f"{step} was delivered late and not refused: {error!r}"
        )
        return check_undone(trial)

    return judge


def fail(ground: Ground) -> Iterator[Cell]:
    """Law 5: a failing step is undone too and recorded as the cause; later ones are not touched."""
    for step in ground.steps:
        for kind in KINDS:
            for when in WHEN:
                fault = Fault(step, kind, when)
                yield ground.cell(5, fault, judge=_failed(ground, fault))


def _failed(ground: Ground, fault: Fault) -> Judge:
    begun = ground.steps[: ground.steps.index(fault.step) + 1]

    def judge(trial: Trial) -> str:
        entered, undone = set(trial.diary.of("execute")), trial.diary.of("compensate")
        found = f"entered {in_order(sorted(entered))}, not {in_order(begun)}"
        expect(entered == set(begun), 5, found)
        found = f"{fault.step} failed and was not undone, only {in_order(undone)}"
        expect(fault.step in undone, 5, found, fault.step)
        expect_order(trial, undone, begun[::-1])
        error = trial.saga.workflow.error
        code = _TOLD.get(fault.kind, "planted")
        found = f"recorded cause: {cause(trial.saga)}, not {fault.step} fails: {code}"
        expect(error and (error.step, error.code) == (fault.step, code), 9, found, fault.step)
        return check_undone(trial)

    return judge


def fail_where_an_older_one_succeeded(ground: Ground) -> Iterator[Cell]:
    """Law 7: what an older workflow with the same request left behind stays as it was."""
    for step in ground.steps:
        for when in WHEN:
            fault = Fault(step, "rejected", when)
            yield Cell(7, f"older-there-{fault}", _after_older(ground, fault))


def _after_older(ground: Ground, fault: Fault) -> Callable[[], str]:
    def check() -> str:
        trial = ground.trial()
        trial.succeed(OLDER)
        trial.before = trial.world.snapshot()
        trial.sabotage(fault)
        trial.play()
        if trial.world.snapshot() != trial.before:
            raise differs(trial, 7, "what an older workflow left differs", trial.before)
        return check_undone(trial)

    return check


def fail_in_the_middle(ground: Ground) -> Iterator[Cell]:
    """Law 8: rejected around a step or any port call; receipt and world agree."""
    for faults in (ground.at_every_step, ground.at_every_call):
        for fault in faults("rejected"):
            yield ground.cell(8, fault, judge=check_undone)


def complete_too_early(ground: Ground) -> Iterator[Cell]:
    """Law 9: a saga never completes while a step is not done."""
    for number, step in enumerate(ground.steps):
        yield Cell(9, f"completed-before-{step}", _completed_too_early(ground, number))


def _completed_too_early(ground: Ground, done: int) -> Callable[[], str]:
    def check() -> str:
        trial = ground.trial()
        trial.submit()
        for step in ground.steps[:done]:
            trial.deliver("execute", step)
        with suppress(Rejected):
            trial.complete()
        expect(trial.saga.workflow.status is not Status.COMPLETED, 9, "completed too early")
        trial.rescue(ME)
        return judged(trial)

    return check
