"""Redirect a function's output to its own log file, never to the command line's terminal.

Standard output is reserved for `--json`; functions do not know that they share the process.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TextIO

from slipway_local.glue.patching import replaced

_log: ContextVar[TextIO | None] = ContextVar("log", default=None)


class _Divided(io.TextIOBase):
    """Sends the writes of a running function to its log, all others to the original stream."""

    def __init__(self, otherwise: TextIO) -> None:
        self._otherwise = otherwise

    @property
    def _target(self) -> TextIO:
        return _log.get() or self._otherwise

    def write(self, text: str) -> int:
        return self._target.write(text)

    def flush(self) -> None:
        self._target.flush()

    def isatty(self) -> bool:
        return self._target.isatty()

    def fileno(self) -> int:
        return self._target.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._target.encoding

    @property
    def buffer(self) -> io.BufferedIOBase:
        return self._target.buffer  # type: ignore[return-value]


class _Log(io.TextIOWrapper):
    """Drops output when the disk is full, so that logging does not fail a function."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def _opened(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _Log(path.open("ab"), encoding="utf-8", line_buffering=True)
    except OSError:
        return Path(os.devnull).open("w", encoding="utf-8")


class Logs:
    """One file per function in `folder`, which is created on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def of(self, function_name: str) -> Iterator[TextIO]:
        with _opened(self.folder / f"{function_name}.log") as log:
            token = _log.set(log)
            try:
                yield log
            finally:
                _log.reset(token)


def written(text: str) -> bool:
    """Write to the log of the current function; return False outside of functions."""
    log = _log.get()
    if log is None:
        return False
    log.write(text)
    return True


@contextmanager
def divided_output() -> Iterator[None]:
    """Enter before any handler is imported, because loggers keep the stream that they find."""
    with ExitStack() as stack:
        stack.enter_context(replaced(sys, "stdout", _Divided(sys.stdout)))
        stack.enter_context(replaced(sys, "stderr", _Divided(sys.stderr)))
        yield
