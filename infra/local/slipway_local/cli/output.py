"""Print results to standard output, and everything else to standard error."""

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, cast

from rich.console import Console
from rich.markup import escape

from slipway_local.cli.terminal import Listener, harmless, one_line

_WORDS = {
    "leftover": "red",
    "unreachable": "red",
    "unusable": "red",
    "missing": "yellow",
    "rehearsal": "yellow",
    "absent": "green",
    "restored": "green",
    "kept": "green",
    "ok": "green",
}
QUIET_S = 30.0
"""Seconds without output after which a heartbeat line is printed to a log."""
_WIDEST = 60
_COLOURS = {"COMPLETED": "green", "COMPENSATED": "yellow"}


@dataclass
class Output:
    """With `as_json`, standard output gets exactly one JSON document."""

    as_json: bool = False
    result: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    progress: Console = field(
        default_factory=lambda: Console(
            file=cast("IO[str]", Listener()), stderr=True, highlight=False, soft_wrap=True
        )
    )

    clock: Callable[[], float] = time.monotonic
    _spoke_at: float = -math.inf

    def note(self, line: str) -> None:
        self._spoke_at = self.clock()
        self.progress.print(line)

    @contextmanager
    def at_work(self) -> Iterator[Callable[[str], None]]:
        """Yield a function that shows progress: a status line on a terminal, else a heartbeat."""
        if not self.progress.is_terminal:
            self._spoke_at = self.clock()
            yield self._sign_of_life
            return
        with self.progress.status("") as status:
            yield status.update

    def _sign_of_life(self, line: str) -> None:
        if self.clock() - self._spoke_at >= QUIET_S:
            self.note(f"… {line}")

    def document(self, content: Mapping[str, Any] | Sequence[Any]) -> None:
        self.result.file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    def show(self, content: Mapping[str, Any], *lines: object) -> None:
        """Print the document with `as_json`, otherwise the lines."""
        if self.as_json:
            self.document(content)
        else:
            for line in lines:
                self.result.print(line)


def plain(text: str) -> str:
    return escape(harmless(text))


def when(time: str) -> str:
    """Format an RFC 3339 time to the second: `2026-11-21 07:15:02Z`."""
    return f"{time[:10]} {time[11:19]}Z"


def first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""


def leading_on(page: Mapping[str, Any]) -> list[str]:
    """Return a line with the option for the next page, if there is one."""
    cursor = page["next_cursor"]
    return [f"there is more: add --cursor={plain(cursor)}"] if cursor else []


def columns(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return lines with aligned columns; a cell over 60 characters shifts only its own line.

    Cells are escaped here.
    """
    cells = [[one_line(str(cell)) for cell in row] for row in [headings, *rows]]
    widths = [
        max(len(cell) for cell in column if len(cell) <= _WIDEST)
        for column in zip(*cells, strict=True)
    ]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return [f"[bold]{plain(lines[0])}[/]", *(_coloured(plain(line)) for line in lines[1:])]


def _coloured(line: str) -> str:
    word = line.split(" ", 1)[0]
    return line.replace(word, f"[{_WORDS[word]}]{word}[/]", 1) if word in _WORDS else line


def status_word(status: str) -> str:
    return f"[bold {_COLOURS.get(status, 'red' if 'LEFTOVERS' in status else 'cyan')}]{status}[/]"


def failure_lines(view: Mapping[str, Any]) -> list[str]:
    """Return the failure's cause and its fix; nothing without a failure."""
    error = view.get("error")
    if not error:
        return []
    where = f" in {error['step']}" if error.get("step") else ""
    message = plain(first_line(error["message"]))  # the step's log has the rest
    lines = [f"[red]{plain(error['code'])}[/]{where}: {message}"]
    if error.get("fix"):
        lines.append(f"  fix: {plain(error['fix'])}")
    return lines


def defaults_lines(document: Mapping[str, Any]) -> list[str]:
    """Return a line with the configured defaults that were applied to the request."""
    defaults = document.get("defaults")
    return [f"defaults {', '.join(defaults['fields'])}; slipway config"] if defaults else []


def receipt_lines(receipt: Mapping[str, Any]) -> list[str]:
    items = receipt["items"]
    rows = [(item["state"], item["kind"], item["step"], item["name"]) for item in items]
    return columns(("state", "kind", "step", "name"), rows) if rows else []
