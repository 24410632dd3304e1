"""`slipway drain`: list unfinished workflows of all owners, with their plan version."""

import time
from collections.abc import Mapping
from typing import Any

from slipway_local.cli.connection import connected
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output, columns, when

_EVERY_S = 1.0


def drain(wait: bool, output: Output) -> Exit:
    """`wait`: poll until every workflow has finished."""
    with connected(output) as client:
        report = client.get("/drain")
        while wait and not report["drained"]:
            output.note(f"{len(report['items'])} under way")
            time.sleep(_EVERY_S)
            report = client.get("/drain")
    output.show(report, *_lines(report))
    return Exit.DONE


def _lines(report: Mapping[str, Any]) -> list[str]:
    if report["drained"]:
        return ["nothing is under way"]
    rows = (
        (v["workflow_id"], v["owner"], v["definition_version"], v["status"], when(v["updated_at"]))
        for v in report["items"]
    )
    return columns(("id", "owner", "version", "status", "last change"), rows)
