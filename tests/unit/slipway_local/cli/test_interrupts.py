"""What a second Ctrl-C means, and when."""

import signal

import pytest

from slipway_local.cli.interrupts import Interrupts


def test_two_that_come_before_the_first_was_heeded_are_one() -> None:
    interrupts = Interrupts()
    interrupts.note(signal.SIGINT)
    interrupts.note(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        interrupts.heed()

    assert not interrupts.came


def test_one_that_comes_afterwards_counts_however_soon() -> None:
    interrupts = Interrupts()
    interrupts.note(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interrupts.heed()

    interrupts.note(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        interrupts.heed()
