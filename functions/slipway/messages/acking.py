"""Ack or nack of a message: reported to its source exactly once, from any thread."""

import logging
import threading
from collections.abc import Callable

OnAck = Callable[[], None]
OnNack = Callable[[BaseException], None]
_log = logging.getLogger("slipway.messages")


class Acking:
    """The first ack or nack wins; the thread that won calls its callback, once.

    A nack without a callback is logged. Later calls return at once, perhaps before that callback
    has returned.
    """

    def __init__(self, on_ack: OnAck | None = None, on_nack: OnNack | None = None) -> None:
        self._on_ack = on_ack
        self._on_nack = on_nack or _logged
        self._lock = threading.Lock()
        self._settled = False
        self._error: BaseException | None = None

    @property
    def settled(self) -> bool:
        return self._settled

    @property
    def error(self) -> BaseException | None:
        """The error of the nack."""
        return self._error

    def ack(self) -> bool:
        """Return False if it was nacked."""
        if self._settle(None) and self._on_ack:
            self._on_ack()
        return self._error is None

    def nack(self, error: BaseException) -> bool:
        """Return False if it was acked."""
        if self._settle(error):
            self._on_nack(error)
        return self._error is not None

    def shared(self, count: int) -> tuple["Acking", ...]:
        """One acking for each of `count` messages; this one is acked when all of them are.

        The first nack among them nacks this one at once; later calls have no effect.
        """
        if count < 1:
            raise ValueError("an acking is shared by one message at least")
        countdown = _Countdown(count, self.ack)
        return tuple(Acking(countdown.one_less, self._nacked) for _ in range(count))

    def _nacked(self, error: BaseException) -> None:
        self.nack(error)

    def _settle(self, error: BaseException | None) -> bool:
        with self._lock:
            first = not self._settled
            if first:
                self._settled, self._error = True, error
            return first


def _logged(error: BaseException) -> None:
    _log.error("message_failed", exc_info=error)


class _Countdown:
    def __init__(self, count: int, finish: Callable[[], object]) -> None:
        self._left = count
        self._finish = finish
        self._lock = threading.Lock()

    def one_less(self) -> None:
        with self._lock:
            self._left -= 1
            last = self._left == 0
        if last:
            self._finish()
