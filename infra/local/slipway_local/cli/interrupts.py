"""Handle SIGINT, SIGTERM and SIGHUP alike: as a request to stop and undo."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """The signals received while interrupts are deferred."""

    def __init__(self) -> None:
        self._came = self._heeded = 0

    @property
    def came(self) -> bool:
        return self._came > self._heeded

    def heed(self) -> None:
        """Raises KeyboardInterrupt if a signal arrived since the last call.

        Several signals count as one: a bouncing key, or a parent that forwards a signal that the
        terminal also sends to the group, must not abandon an undo that was just announced.
        """
        if self.came:
            self._heeded = self._came
            raise KeyboardInterrupt

    def note(self, number: int, _frame: FrameType | None = None) -> None:
        """Count later signals only if SIGINT: a closing terminal sends its signals in pairs."""
        if number == signal.SIGINT or not self._came:
            self._came += 1


def heed_signals() -> None:
    """Make SIGTERM and SIGHUP raise KeyboardInterrupt, as SIGINT does."""
    for number in _heeded():
        signal.signal(number, signal.default_int_handler)


@contextmanager
def held_back() -> Iterator[Interrupts]:
    """Defer signals inside the block: they are counted, and raised by `Interrupts.heed`."""
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts  # only the main thread receives signals
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
    """Exclude signals that were ignored at the start, as by nohup."""
    return [number for number in _ASKING if signal.getsignal(number) is not signal.SIG_IGN]
