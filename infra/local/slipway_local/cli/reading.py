"""Implement the commands that read workflows."""

from collections.abc import Mapping
from typing import Any

from slipway_local.cli.connection import connected
from slipway_local.cli.deploying import follow_to_end
from slipway_local.cli.exits import CliError, Exit, exit_for_reading
from slipway_local.cli.logs import LOGS, kept_logs
from slipway_local.cli.output import (
    Output,
    columns,
    first_line,
    leading_on,
    plain,
    receipt_lines,
    when,
)
from slipway_local.cli.summary import summary


def show_status(workflow_id: str, output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        view = client.get(f"/workflows/{workflow_id}")
    rows = (
        (step["name"], step["status"], _seconds(step), plain_error(step)) for step in view["steps"]
    )
    output.show(view, *summary(view), *columns(("step", "status", "took", ""), rows))
    return exit_for_reading(view["status"])


def _seconds(step: Mapping[str, Any]) -> str:
    took = step.get("duration_ms")
    return "" if took is None else f"{took / 1000:.1f} s"


def plain_error(step: Mapping[str, Any]) -> str:
    return first_line(step["error"]["message"]) if step.get("error") else ""


def watch(workflow_id: str, output: Output) -> Exit:
    with connected(output) as client:
        return follow_to_end(client, workflow_id, output)


def show_list(asked: Mapping[str, str | int | None], output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        page = client.get("/workflows", **asked)
    rows = (
        (
            view["workflow_id"],
            view["status"],
            view["request"]["app"]["name"],
            when(view["created_at"]),
        )
        for view in page["items"]
    )
    output.show(page, *columns(("id", "status", "app", "created"), rows), *leading_on(page))
    return Exit.DONE


def show_timeline(workflow_id: str, output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        timeline = client.get(f"/workflows/{workflow_id}/timeline")
    rows = (
        (
            e["sequence"],
            when(e["time"]),
            e["type"].removeprefix("slipway."),
            e["step"] or "",
            first_line(e["message"] or ""),
        )
        for e in timeline["items"]
    )
    output.show(timeline, *columns(("#", "time", "event", "step", ""), rows))
    return Exit.DONE


def show_receipt(workflow_id: str, output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        receipt = client.get(f"/workflows/{workflow_id}/receipt")
    found = "nothing left" if receipt["clean"] else "[red]not clean[/]"
    output.show(receipt, f"{found}, checked {when(receipt['checked_at'])}", *receipt_lines(receipt))
    return Exit.DONE if receipt["clean"] else Exit.LEFTOVERS


def show_undo_plan(workflow_id: str, output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        plan = client.get(f"/workflows/{workflow_id}/undo-plan")
    rows = (
        (step["action"], step["name"], step["status"], _what(step), step["reason"] or "")
        for step in plan["steps"]
    )
    said = f": {plain(plan['reason'])}" if plan["reason"] else ""
    verdict = f"undo with slipway {plan['command']}" if plan["command"] else "nothing to do"
    output.show(
        plan,
        f"{plan['status']} {workflow_id}, {verdict if plan['possible'] else 'not possible'}{said}",
        *columns(("action", "step", "now", "what", ""), rows),
    )
    return Exit.DONE


def _what(step: Mapping[str, Any]) -> str:
    verbs = (("remove", "removes"), ("restore", "restores"), ("keep", "keeps"))
    return "; ".join(f"{verb} {', '.join(step[key])}" for verb, key in verbs if step[key])


def show_logs(workflow_id: str, step: str | None, output: Output) -> Exit:
    """Without a step, show the logs of every step that has one."""
    if step not in {None, *LOGS}:
        raise CliError(
            Exit.BAD_INPUT,
            f"STEP: {step} has no log",
            fix=f"one of {', '.join(LOGS)}",
            code="no_such_log",
        )
    with connected(output, may_read=True) as client:
        view = client.get(f"/workflows/{workflow_id}")
        kept = kept_logs(client, view, [step] if step else list(LOGS))
    lines = [line for name, text in kept.items() for line in log_lines(name, text)]
    output.show({"workflow_id": workflow_id, "logs": kept}, *(lines or ["no logs are stored"]))
    return Exit.DONE


def log_lines(name: str, text: str) -> list[str]:
    """Return the lines of a log, below a heading with the step's name."""
    return [f"[bold]== {name}[/]", *(plain(line) for line in text.rstrip("\n").split("\n"))]
