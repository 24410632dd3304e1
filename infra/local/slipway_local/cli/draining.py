"""`slipway drain`: what is still under way, and under which version of the plan it began."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from slipway_local.cli.connection import connected
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output, columns, when
from slipway_local.cli.pages import workflows

OPEN = ("REQUESTED", "RUNNING", "COMPENSATING", "PARKED")
_EVERY_S = 1.0


def drain(wait: bool, output: Output) -> Exit:
    """`wait`: until nothing is left under way."""
    with connected(output) as client:
        found = list(workflows(client, OPEN))
        while wait and found:
            output.note(f"{len(found)} under way")
            time.sleep(_EVERY_S)
            found = list(workflows(client, OPEN))
    versions = Counter(str(view["definition_version"]) for view in found)
    told = {
        "drained": not found,
        "versions": dict(sorted(versions.items())),
        "items": [{name: view[name] for name in _SHOWN} for view in found],
    }
    output.show(told, *_lines(told))
    return Exit.DONE


_SHOWN = ("workflow_id", "definition_version", "status", "updated_at")


def _lines(told: Mapping[str, Any]) -> list[str]:
    if told["drained"]:
        return ["nothing is under way"]
    rows = (
        (v["workflow_id"], v["definition_version"], v["status"], when(v["updated_at"]))
        for v in told["items"]
    )
    return columns(("id", "version", "status", "last change"), rows)
