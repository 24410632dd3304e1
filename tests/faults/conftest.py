"""Sums the fault matrix up in one line."""

from collections import Counter

import pytest

_HERE = "tests/faults/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports: list[pytest.TestReport] = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call" and report.nodeid.startswith(_HERE)
    ]
    if not reports:
        return
    ends = Counter(map(_end, reports))
    told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    terminalreporter.write_line(f"fault matrix: {len(reports)} cells: {told}")


def _end(report: pytest.TestReport) -> str:
    if report.failed:
        return "FAILED"
    return str(dict(report.user_properties).get("cell", "stories"))
