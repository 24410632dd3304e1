"""What was measured, side by side, as a table for the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

_console = Console(highlight=False, soft_wrap=True, width=120)


@dataclass(frozen=True)
class Sample:
    """Seconds: by the clock on the wall, and of processor time."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Row:
    """One thing that was measured several times; `target` in words."""

    name: str
    samples: Sequence[Sample]
    target: str = ""

    @property
    def wall_s(self) -> float:
        return median(sample.wall_s for sample in self.samples)

    @property
    def cpu_s(self) -> float:
        return median(sample.cpu_s for sample in self.samples)


def show_times(title: str, rows: Sequence[Row]) -> None:
    """Medians, the range that they come from, and each row's ratio to the last one."""
    base = rows[-1].wall_s
    cells = [
        (
            row.name,
            f"{row.wall_s:.2f} s",
            f"{min(s.wall_s for s in row.samples):.2f}-{max(s.wall_s for s in row.samples):.2f}",
            f"{row.cpu_s:.2f} s",
            f"{row.wall_s / base:.2f}",
            str(len(row.samples)),
            row.target,
        )
        for row in rows
    ]
    headings = ("", "median", "from-to", "processor", "ratio to the last", "runs", "target")
    show(title, headings, cells)


def show(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*row)
    say("")
    _console.print(table)


def say(line: str) -> None:
    _console.print(line)
