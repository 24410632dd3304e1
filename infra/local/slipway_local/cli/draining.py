"""`slipway drain`: what is still under way, and under which version of the plan it began."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from slipway_local.cli.client import Client
from slipway_local.cli.connection import connected
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output, columns, when

OPEN = ("REQUESTED", "RUNNING", "COMPENSATING", "PARKED")
_PAGE = 100
_EVERY_S = 1.0


def drain(wait: bool, output: Output) -> Exit:
    """`wait`: until nothing is left under way."""
    with connected(output) as client:
        found = list(_under_way(client))
        while wait and found:
            output.note(f"{len(found)} under way")
            time.sleep(_EVERY_S)
            found = list(_under_way(client))
    versions = Counter(str(view["definition_version"]) for view in found)
    told = {
        "drained": not found,
        "versions": dict(sorted(versions.items())),
        "items": [{name: view[name] for name in _SHOWN} for view in found],
    }
    output.show(told, *_lines(told))
    return Exit.DONE


_SHOWN = ("workflow_id", "definition_version", "status", "updated_at")


def _under_way(client: Client) -> Iterator[Mapping[str, Any]]:
    for status in OPEN:
        cursor = None
        while True:
            page = client.get("/workflows", status=status, limit=_PAGE, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break


def _lines(told: Mapping[str, Any]) -> list[str]:
    if told["drained"]:
        return ["nothing is under way"]
    rows = (
        (v["workflow_id"], v["definition_version"], v["status"], when(v["updated_at"]))
        for v in told["items"]
    )
    return columns(("id", "version", "status", "last change"), rows)
