"""Make standard output and standard error safe to write when they are closed or full."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO

_GONE = {errno.EPIPE, errno.EIO}
"""Errors of a pipe or terminal whose reader has closed it."""


class Lossy(io.FileIO):
    """Discard failed writes. `failed` is the last error, except a reader that closed the stream."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self.failed: OSError | None = None
        self._a_file = not self.isatty()

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno == errno.EPIPE or (error.errno in _GONE and not self._a_file):
                return len(data)
            self.failed = error
            return len(data)


def keep_streams() -> Lossy | None:
    """Replace both streams if they are the process's own. Return that of standard output.

    Writes to a stream that was closed at the start are discarded: the next file opened would
    get its descriptor.
    """
    output, errors = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    ours = [output is sys.__stdout__, errors is sys.__stderr__]
    result = Lossy(1) if ours[0] else None
    sys.stdout = _text(result, output, at_once=output.isatty()) if result else output
    sys.stderr = _text(Lossy(2), errors, at_once=True) if ours[1] else errors
    return result


def _text(raw: Lossy, like: TextIO, *, at_once: bool) -> io.TextIOWrapper:
    """Escape characters that the stream's encoding lacks."""
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=like.encoding,
        errors="backslashreplace",
        line_buffering=at_once,
    )


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
