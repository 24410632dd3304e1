"""Cells of steps that wait, with faults in the polls of their work: laws 1, 3, 4, 8 and 10."""

from collections.abc import Iterator

from slipway.saga.testing.cells import Cell, Ground, Judge
from slipway.saga.testing.cells_of_people import judge_cancelled
from slipway.saga.testing.faults import Fault
from slipway.saga.testing.judgement import check_completed_as, check_undone
from slipway.saga.testing.trial import Trial


def look(ground: Ground) -> Iterator[Cell]:
    """Polled twice, too late, without success, or by a function that dies."""
    for fault in _faults(ground, "again", "unavailable"):
        if fault.kind == "again" or ground.is_tried_again(fault):
            yield ground.cell(1, fault, judge=_completed(ground))
    for kind in ("overtaken", "timed-out"):
        for fault in _faults(ground, kind):
            yield ground.cell(3, fault, judge=check_undone)
    for fault in _faults(ground, "killed"):
        yield ground.cell(4, fault, judge=_completed(ground))
    for fault in _faults(ground, "aborted"):
        yield ground.cell(4, fault, judge=_rescued)
    for fault in _faults(ground, "rejected", "killed", "defect", times=None):
        yield ground.cell(8, fault, judge=check_undone)
    for fault in _faults(ground, "cancelled"):
        yield ground.cell(10, fault, judge=judge_cancelled)


def _faults(ground: Ground, *kinds: str, times: int | None = 1) -> Iterator[Fault]:
    for kind in kinds:
        yield from ground.at_every_step(kind, "look", times)
        yield from ground.at_every_call(kind, "look", times)


def _completed(ground: Ground) -> Judge:
    return lambda trial: check_completed_as(trial, ground.completed)


def _rescued(trial: Trial) -> str:
    trial.rescue()
    return check_undone(trial)
