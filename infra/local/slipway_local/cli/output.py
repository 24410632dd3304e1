"""Results on standard output, everything else on standard error."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

MARKS = {
    "DONE": "[green]✓[/]",
    "FAILED": "[red]✗[/]",
    "INTENT": "[cyan]…[/]",
    "UNDO_INTENT": "[yellow]…[/]",
    "UNDONE": "[yellow]↩[/]",
    "KEPT": "[dim]=[/]",
    "UNDO_PARKED": "[red]![/]",
    "PENDING": "[dim]·[/]",
}
_COLOURS = {"COMPLETED": "green", "COMPENSATED": "yellow"}


@dataclass
class Output:
    """With `as_json` one document goes to standard output, and nothing else does."""

    as_json: bool = False
    result: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    progress: Console = field(
        default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True)
    )

    def note(self, line: str) -> None:
        self.progress.print(line)

    def document(self, told: Mapping[str, Any] | Sequence[Any]) -> None:
        self.result.file.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")

    def show(self, told: Mapping[str, Any], *lines: object) -> None:
        """The document for programs, or the lines for people."""
        if self.as_json:
            self.document(told)
        else:
            for line in lines:
                self.result.print(line)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        grid.add_column(heading, overflow="fold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, str) else str(cell) for cell in row))
    return grid


def status_word(status: str) -> str:
    return f"[bold {_COLOURS.get(status, 'red' if 'LEFTOVERS' in status else 'cyan')}]{status}[/]"


def failure_lines(view: Mapping[str, Any]) -> list[str]:
    """The cause first, then what to do about it."""
    error = view.get("error")
    if not error:
        return []
    where = f" in {error['step']}" if error.get("step") else ""
    lines = [f"[red]{escape(error['code'])}[/]{where}: {escape(error['message'])}"]
    if error.get("fix"):
        lines.append(f"  fix: {escape(error['fix'])}")
    return lines


def receipt_table(receipt: Mapping[str, Any]) -> Table:
    return table(
        ("state", "kind", "name", "step"),
        (
            (_state_word(item["state"]), item["kind"], escape(item["name"]), item["step"])
            for item in receipt["items"]
        ),
    )


def _state_word(state: str) -> str:
    return f"[red]{state}[/]" if state == "leftover" else f"[green]{state}[/]"
