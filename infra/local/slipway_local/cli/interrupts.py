"""Ctrl-C, SIGTERM and SIGHUP ask for the same: stop, and leave nothing behind."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Those that came while they were held back."""

    def __init__(self) -> None:
        self._came = self._heeded = 0

    @property
    def came(self) -> bool:
        return self._came > self._heeded

    def heed(self) -> None:
        """Raises KeyboardInterrupt when something came since the last time.

        However often it came by then: a key that bounces, or a parent that passes on
        what the terminal sends to everybody, must not leave an undo before its line was shown.
        """
        if self.came:
            self._heeded = self._came
            raise KeyboardInterrupt

    def note(self, number: int, _frame: FrameType | None = None) -> None:
        """A second time only Ctrl-C counts: a terminal that closes sends its signals in pairs."""
        if number == signal.SIGINT or not self._came:
            self._came += 1


def heed_signals() -> None:
    """From now on SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does."""
    for number in _heeded():
        signal.signal(number, signal.default_int_handler)


@contextmanager
def held_back() -> Iterator[Interrupts]:
    """Inside the block nothing is interrupted: what comes is counted."""
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts  # signals come to the main thread alone
        return
    before = {number: signal.getsignal(number) for number in _heeded()}
    for number in before:
        signal.signal(number, interrupts.note)
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heeded() -> list[signal.Signals]:
    """Not what is ignored from the start, as by nohup."""
    return [number for number in _ASKING if signal.getsignal(number) is not signal.SIG_IGN]
