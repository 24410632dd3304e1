"""Steps and undos that fail, run twice, land late, meet cancels and restarts: on the machine."""

import pytest
from tests.faults.pipeline_on_machine import GROUND, is_of_a_step

from slipway.saga.testing import Cell, Property, matrix
from slipway.saga.testing.laws import CELL
from steps import PLAN

pytestmark = pytest.mark.usefixtures("machines")
LAWS = (2, 3, 5, 6, 9, 10, 12)
CELLS = [cell for cell in matrix(GROUND.subject, *LAWS) if is_of_a_step(cell)]
UNDOS = ("again", "unavailable", "rejected", "cancelled", "restarted", "second-pass", "aborted")
"""What strikes the undo of every step."""


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_law_is_kept(cell: Cell, record_property: Property) -> None:
    record_property(CELL, cell.check())


@pytest.mark.parametrize("step", [step.name for step in PLAN])
def test_no_law_and_no_undo_is_missing(step: str) -> None:
    names = [str(cell) for cell in CELLS if f"-{step}-" in str(cell)]

    assert {int(name.split("-")[1]) for name in names} == set(LAWS)
    for kind in UNDOS:
        assert any(f"undo-{step}-{kind}" in name for name in names), kind
