"""Implement `slipway history` and `slipway stats`."""

from collections.abc import Mapping
from typing import Any

from slipway_local.cli.connection import connected
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output, columns, first_line, leading_on

_COUNTS = (
    "requested",
    "completed",
    "compensated",
    "compensated_with_leftovers",
    "rolled_back",
    "parked",
)


def show_history(workflow_id: str, asked: Mapping[str, str | int | None], output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        history = client.get(f"/workflows/{workflow_id}/history", **asked)
    rows = (
        (
            e["sequence"],
            e["time"],  # unrounded, as --since and --until accept it
            e["type"].removeprefix("slipway."),
            e["step"] or "",
            e["actor"] or "",
            first_line(e["message"] or ""),
        )
        for e in history["items"]
    )
    output.show(
        history, *columns(("#", "time", "event", "step", "by", ""), rows), *leading_on(history)
    )
    return Exit.DONE


def show_stats(asked: Mapping[str, str | None], output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        statistics = client.get("/statistics", **asked)
    days: list[dict[str, Any]] = [*statistics["days"], {"day": "total", **statistics["total"]}]
    rows = [
        (
            each["day"],
            *(each[name] for name in _COUNTS),
            _part(each["success_rate"]),
            _seconds(each["mean_duration_ms"]),
        )
        for each in days
    ]
    headings = ("day", *_COUNTS, "success", "mean time")
    now = ", ".join(f"{number} {status}" for status, number in statistics["now"].items() if number)
    output.show(statistics, *columns(headings, rows), f"now: {now or 'no workflows'}")
    return Exit.DONE


def _part(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"


def _seconds(took_ms: int | None) -> str:
    return "" if took_ms is None else f"{took_ms / 1000:.1f} s"
