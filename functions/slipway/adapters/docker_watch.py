"""Abort a long exchange with the engine from another thread: at its deadline, or on request.

The SDK's timeouts bound only the gap between two reads, and a blocking read cannot be interrupted.
So the socket is shut down; the engine cancels a build whose client has disconnected.
"""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from slipway.containerize.ports import Stop
from slipway.saga.errors import StepError

ASK_S = 1.0
_CHUNK_BYTES = 256 * 1024


class Watch:
    """`cut` is why the exchange was aborted, or None. `late` is raised at the deadline."""

    def __init__(self, stop: Stop, timeout_s: float, cancelled: StepError, late: StepError) -> None:
        self.cut: BaseException | None = None
        self._stop = stop
        self._cancelled = cancelled
        self._late = late
        self._deadline = time.monotonic() + timeout_s
        self._response: requests.Response | None = None
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._observe, name="engine-watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise the reason for the abort in place of the error that the abort caused."""
        self._over.set()
        self._thread.join()
        if self._response is not None:
            self._response.close()
        if self.cut is not None and error is not self.cut:
            raise self.cut from error

    def attach(self, response: requests.Response) -> None:
        with self._guard:
            self._response = response
            if self.cut is not None:
                _shut(response)

    def body(self, path: Path) -> Iterator[bytes]:
        """Yield the file in chunks; an abort also ends the upload."""
        with path.open("rb") as file:
            while piece := file.read(_CHUNK_BYTES):
                if self.cut is not None:
                    raise self.cut
                yield piece

    def _observe(self) -> None:
        while not self._over.wait(max(0.0, min(ASK_S, self._deadline - time.monotonic()))):
            reason = self._reason()
            if reason is not None:
                self._end(reason)
                return

    def _reason(self) -> BaseException | None:
        if time.monotonic() >= self._deadline:
            return self._late
        try:
            return self._cancelled if self._stop() else None
        except Exception as error:  # noqa: BLE001  (raised again in the waiting thread)
            return error

    def _end(self, reason: BaseException) -> None:
        with self._guard:
            self.cut = reason
            if self._response is not None:
                _shut(self._response)


def _shut(response: requests.Response) -> None:
    """Take the socket from the response's reader, which has it for TCP, TLS and Unix sockets."""
    reader: Any = getattr(response.raw, "_fp", None)
    raw: Any = getattr(getattr(reader, "fp", None), "raw", None)
    found: Any = getattr(raw, "_sock", None)
    if isinstance(found, socket.socket):
        try:
            found.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # already closed
