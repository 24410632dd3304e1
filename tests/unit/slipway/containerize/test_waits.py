"""Pauses between looks: short while it may be there any moment, and never longer than asked for."""

import pytest

from slipway.containerize.waits import waits


def test_the_first_looks_follow_each_other_closely() -> None:
    assert list(waits(1.5)) == [0.125] * 8 + [0.25, 0.25]


def test_later_looks_take_half_a_second() -> None:
    assert list(waits(60))[-10:] == [0.5] * 10


@pytest.mark.parametrize("within_s", [0.0, 0.1, 3.0, 7.9, 120.0])
def test_the_pauses_are_as_long_as_the_time_given(within_s: float) -> None:
    assert sum(waits(within_s)) == pytest.approx(within_s)
