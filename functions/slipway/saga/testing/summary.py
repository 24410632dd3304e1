"""A pytest plugin that summarizes cells: `pytest_plugins = ["slipway.saga.testing.summary"]`."""

from collections import Counter
from collections.abc import Iterator

import pytest

from slipway.saga.testing.laws import BROKEN, CELL, FOUND

_MOST = 12


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ends, found = Counter[str](), Counter[str]()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(report.user_properties)
            if report.when == "call" and CELL in properties:
                ends[str(properties[CELL])] += 1
                found.update([str(properties[FOUND])] if FOUND in properties else [])
    if ends:
        terminalreporter.write_line(summed_up(ends))
    for line in in_lines(found):
        terminalreporter.write_line(line)


def summed_up(ends: Counter[str]) -> str:
    broken = ends.pop(BROKEN, 0)
    kept = ends.total()
    counts = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    return (
        f"saga laws: {kept + broken} cells, {kept} keep them ({counts});"
        f" left behind or misreported: {broken}"
    )


def in_lines(found: Counter[str]) -> Iterator[str]:
    """One line per finding, with its number of cells; pytest truncates its own summary lines."""
    first_lines = Counter[str]()
    for message, count in found.items():
        first_lines[message.partition("\n")[0]] += count
    for line, count in first_lines.most_common(_MOST):
        yield f"  {count} x {line}"
    if len(first_lines) > _MOST:
        yield f"  and {len(first_lines) - _MOST} others"
