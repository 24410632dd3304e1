"""What `make compare` shows is so: nothing is left where other engines leave things behind."""

from dataclasses import replace

import pytest
from tests.bench.cases import CASES, Case, ending
from tests.faults.pipelines import SUBJECTS
from tests.faults.test_the_kit_bites import TakesNothingBack

from slipway.saga import Status

GIVEN_UP, *OTHERS = CASES
LATE = [case for case in CASES if "lands after its undo" in case.name]


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.name)
def test_nothing_is_left_and_the_status_says_so(case: Case) -> None:
    end = ending(case)

    assert (end.left, end.status, end.told) == ((), Status.COMPENSATED, True)


def test_what_an_undo_leaves_that_a_person_gave_up_is_told() -> None:
    end = ending(GIVEN_UP)

    assert end.left
    assert (end.status, end.told) == (Status.COMPENSATED_WITH_LEFTOVERS, True)


@pytest.mark.parametrize("case", LATE, ids=lambda case: case.name)
def test_an_effect_that_is_called_late_comes_after_its_undo(case: Case) -> None:
    """A runner that takes nothing back that lands late would leave it there."""
    end = ending(case, replace(SUBJECTS["older"], runner=TakesNothingBack))

    assert end.left
    assert not end.told
