"""A pytest plugin that sums the cells up: `pytest_plugins = ["slipway.saga.testing.summary"]`."""

from collections import Counter

import pytest

from slipway.saga.testing.laws import BROKEN, CELL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ends = Counter(
        str(end)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call" and (end := dict(report.user_properties).get(CELL))
    )
    if ends:
        terminalreporter.write_line(summed_up(ends))


def summed_up(ends: Counter[str]) -> str:
    broken = ends.pop(BROKEN, 0)
    kept = ends.total()
    told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    return (
        f"saga laws: {kept + broken} cells, {kept} keep them ({told});"
        f" left behind or told untruly: {broken}"
    )
