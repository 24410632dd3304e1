"""Every step by every kind of fault, once each, on the state machine that is rendered from PLAN.

The kinds: an error and a death before, in and after the effect; a timeout; a late effect after the
undo; a second delivery; a cancel before, during and after; the storage busy, and its answer lost.
Undos and deaths at storage calls have files of their own. The whole matrix, with each call of each
port and in each world, is played in this process.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.faults.pipeline_on_machine import GROUND

from slipway.saga.testing import Cell, Fault, Property, matrix
from slipway.saga.testing.cells import Ground
from slipway.saga.testing.judgement import check_completed_as, check_undone
from slipway.saga.testing.laws import CELL
from steps import PLAN

pytestmark = pytest.mark.usefixtures("machines")
KINDS = (
    ("rejected", "before"),
    ("rejected", "after"),
    ("killed", "before"),
    ("killed", "after"),
    ("timed-out", "before"),
    ("timed-out", "after"),
    ("overtaken", "before"),
    ("overtaken", "after"),
    ("cancelled", "before"),
    ("cancelled", "after"),
)
"""All of them are undone."""
INSIDE = ("rejected", "killed", "cancelled")
"""Also in the midst of a step: at the middle one of its calls of ports."""


def of_steps(ground: Ground) -> Iterator[Cell]:
    for step in ground.steps:
        for kind, when in KINDS:
            yield ground.cell(8, Fault(step, kind, when, times=_times(kind)), judge=check_undone)
        yield ground.cell(1, Fault(step, "again", "after", times=1), judge=_completed(ground))
        if calls := ground.calls["execute", step]:
            number = (len(calls) + 1) // 2
            label = calls[number - 1]
            for kind in INSIDE:
                fault = Fault(step, kind, "after", "execute", number, _times(kind), label)
                yield ground.cell(8, fault, judge=check_undone)


def _times(kind: str) -> int | None:
    return None if kind in {"rejected", "killed"} else 1


def _completed(ground: Ground) -> Any:
    return lambda trial: check_completed_as(trial, ground.completed)


def of_storage(cells: Iterator[Cell]) -> Iterator[Cell]:
    """Of every step at least the reading, the intent and the end: each call on the way there."""
    for cell in cells:
        busy_or_lost = ("there-throttled-before-", "there-lost-after-")
        if any(name in str(cell) for name in busy_or_lost):
            yield cell


CELLS = [*of_steps(GROUND), *of_storage(matrix(GROUND.subject, 4))]


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_on_the_state_machine(cell: Cell, record_property: Property) -> None:
    record_property(CELL, cell.check())


def test_no_step_and_no_kind_is_missing() -> None:
    names = [str(cell) for cell in CELLS]

    for step in PLAN:
        for kind, when in (*KINDS, ("again", "after")):
            assert any(f"-{step.name}-{kind}" in name and when in name for name in names)
    assert len(names) == len(set(names))
