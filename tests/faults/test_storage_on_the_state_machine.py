"""A function or its execution dies at any storage call, there and back, on the state machine."""

from collections.abc import Iterator

import pytest
from tests.faults.pipeline_on_machine import GROUND

from slipway.saga.testing import Cell, Property, matrix
from slipway.saga.testing.laws import CELL

pytestmark = pytest.mark.usefixtures("machines")
KINDS = ("killed", "aborted")
WAYS = ("there", "back")


def deaths() -> Iterator[Cell]:
    for cell in matrix(GROUND.subject, 4):
        if str(cell).startswith(tuple(f"law-04-{way}-{kind}-" for way in WAYS for kind in KINDS)):
            yield cell


CELLS = list(deaths())


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_death_at_a_storage_call_ends_without_a_person(
    cell: Cell, record_property: Property
) -> None:
    record_property(CELL, cell.check())


@pytest.mark.parametrize("way", WAYS)
def test_no_storage_call_is_missing(way: str) -> None:
    calls = GROUND.storage_calls(*([GROUND.rollback] if way == "back" else []))
    names = {str(cell) for cell in CELLS}

    expected = {
        f"law-04-{way}-{kind}-{when}-{label}-{number}"
        for number, label in enumerate(calls, start=1)
        for kind in KINDS
        for when in ("before", "after")
    }

    assert expected
    assert expected <= names
