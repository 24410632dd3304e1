"""Sanitize text from builds, clusters and repositories for a terminal."""

import re
import sys
from contextlib import suppress
from typing import Any

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def harmless(text: str) -> str:
    """Strip escape sequences, and indent further lines so that none can imitate Slipway's."""
    return "\n  ".join(map(one_line, _ESCAPES.sub("", text).split("\n")))


def one_line(text: str) -> str:
    """Strip escape sequences, and replace other unprintable characters by spaces."""
    return "".join(c if c.isprintable() else " " for c in _ESCAPES.sub("", text))


class Listener:
    """Standard error, ignoring write errors such as those of a closed terminal."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)
