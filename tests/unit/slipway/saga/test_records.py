"""Records of a saga change by copies, and only in fields that they have."""

import pytest

from slipway.saga.state import Failure


def test_a_copy_differs_in_what_was_changed_alone() -> None:
    failure = Failure(code="sold_out", message="no kettle is left", clean=True)

    assert failure.evolve(clean=False) == Failure(code="sold_out", message="no kettle is left")
    assert failure.clean


def test_a_misspelt_field_is_an_error_and_not_a_change_that_is_lost() -> None:
    with pytest.raises(TypeError, match="Failure has no claen"):
        Failure(code="sold_out", message="no kettle is left").evolve(claen=True)
