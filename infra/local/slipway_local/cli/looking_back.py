"""What the verbs that look back show: the events of a workflow, and the figures of all."""

from collections.abc import Mapping
from typing import Any

from slipway_local.cli.connection import connected
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output, columns, first_line, when

_COUNTS = ("requested", "completed", "compensated", "compensated_with_leftovers", "rolled_back")


def show_history(workflow_id: str, asked: Mapping[str, str | int | None], output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        told = client.get(f"/workflows/{workflow_id}/history", **asked)
    rows = (
        (
            e["sequence"],
            when(e["time"]),
            e["type"].removeprefix("slipway."),
            e["actor"] or "",
            first_line(e["message"] or ""),
        )
        for e in told["items"]
    )
    output.show(told, *columns(("#", "time", "event", "by", ""), rows))
    return Exit.DONE


def show_stats(asked: Mapping[str, str | None], output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        told = client.get("/statistics", **asked)
    days: list[dict[str, Any]] = [*told["days"], {"day": "total", **told["total"]}]
    rows = [(each["day"], *(each[name] for name in _COUNTS)) for each in days]
    now = ", ".join(f"{number} {status}" for status, number in told["now"].items() if number)
    output.show(told, *columns(("day", *_COUNTS), rows), f"now: {now or 'no workflows'}")
    return Exit.DONE
