"""What a function prints goes into its own log file, never to the terminal of the command line.

Standard output belongs to `--json`; a function does not know that it shares the process.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TextIO

from slipway_local.glue.patching import replaced

_log: ContextVar[TextIO | None] = ContextVar("log", default=None)


class _Divided(io.TextIOBase):
    """Writes of a running function go to its log, all others where they always went."""

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


class Logs:
    """One file per function in `folder`, which is made when the first is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def of(self, function_name: str) -> Iterator[TextIO]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{function_name}.log"
        with path.open("a", encoding="utf-8", buffering=1) as log:
            token = _log.set(log)
            try:
                yield log
            finally:
                _log.reset(token)


def written(text: str) -> bool:
    """Into the log of the function that runs here; False when none does."""
    log = _log.get()
    if log is None:
        return False
    log.write(text)
    return True


@contextmanager
def divided_output() -> Iterator[None]:
    """Enter before any handler is imported: loggers hold on to the stream they find."""
    with ExitStack() as stack:
        stack.enter_context(replaced(sys, "stdout", _Divided(sys.stdout)))
        stack.enter_context(replaced(sys, "stderr", _Divided(sys.stderr)))
        yield
