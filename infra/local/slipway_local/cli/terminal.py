"""Text from a build, a cluster or a repository, made harmless for a terminal."""

import re
import sys
from contextlib import suppress
from typing import Any

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def harmless(text: str) -> str:
    """Without escape sequences; further lines are indented, so that none looks like our own."""
    return "\n  ".join(map(one_line, _ESCAPES.sub("", text).split("\n")))


def one_line(text: str) -> str:
    """For a cell of a table: also without line ends."""
    return "".join(c if c.isprintable() else " " for c in _ESCAPES.sub("", text))


class Listener:
    """Standard error; what it says to a terminal that has closed is lost, and nothing else is."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)
