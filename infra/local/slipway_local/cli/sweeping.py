"""`slipway sweep`: rescue stuck workflows, and remove resources that no workflow needs."""

from collections.abc import Mapping
from typing import Any

from slipway_local.cli.connection import connected
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output, columns, plain

_WITHIN_S = 900


def sweep(*, dry_run: bool, grace_minutes: int, output: Output) -> Exit:
    """Return UNREACHABLE if an engine, registry or cluster could not be listed."""
    order = {"dry_run": dry_run, "grace_minutes": grace_minutes}
    with connected(output, may_start=True) as client:
        report = client.post("/sweep", order, within_s=_WITHIN_S)
    output.show(report, *_lines(report))
    return Exit.UNREACHABLE if report["unreachable"] else Exit.DONE


def _lines(report: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{_rescued(each, report)}: {each['workflow_id']}, {plain(each['why'])}"
        for each in report["rescued"]
    ]
    rows = [
        (
            each["state"],
            each["kind"],
            _age(each["age_s"]),
            each["workflow_id"],
            each["name"],
            each["detail"] or each["why"],
        )
        for each in sorted(report["items"], key=lambda item: bool(item["state"] == "kept"))
    ]  # removed resources first
    lines += columns(("state", "kind", "age", "workflow", "name", "why"), rows) if rows else []
    lines += [
        f"[red]unreachable[/]: {_where(each)}: {plain(each['message'])}"
        for each in report["unreachable"]
    ]
    return lines or ["nothing to sweep"]


def _rescued(each: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    if each["rescued"]:
        return "rescued"
    return "would be rescued" if report["dry_run"] else "not rescued"


def _where(refused: Mapping[str, Any]) -> str:
    whose = refused["workflow_id"]
    return f"{refused['part']}, of {whose}" if whose else str(refused["part"])


def _age(age_s: int | None) -> str:
    if age_s is None:
        return "?"
    minutes, hours = age_s // 60, age_s // 3600
    return f"{minutes} min" if not hours else f"{hours} h" if hours < 48 else f"{hours // 24} d"  # noqa: PLR2004  (two days)
