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
        told = client.get("/drain")
        while wait and not told["drained"]:
            output.note(f"{len(told['items'])} under way")
            time.sleep(_EVERY_S)
            told = client.get("/drain")
    output.show(told, *_lines(told))
    return Exit.DONE


def _lines(told: Mapping[str, Any]) -> list[str]:
    if told["drained"]:
        return ["nothing is under way"]
    rows = (
        (v["workflow_id"], v["owner"], v["definition_version"], v["status"], when(v["updated_at"]))
        for v in told["items"]
    )
    return columns(("id", "owner", "version", "status", "last change"), rows)
