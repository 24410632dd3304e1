"""Parse the JSON lines in which the engine streams the progress of a build or a push."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from slipway.saga.errors import Unavailable

_CHUNK_BYTES = 8192


def entries(response: requests.Response) -> Iterator[Mapping[str, Any]]:
    """Raises ValueError for a truncated line."""
    for line in response.iter_lines(_CHUNK_BYTES):
        if line.strip():
            yield json.loads(line)


def lost(doing: str) -> Unavailable:
    return Unavailable(
        "engine_lost",
        f"the engine closed the {doing} stream without a result",
        fix="check that the Docker Engine is running, then try again",
    )


def status_line(entry: Mapping[str, Any]) -> str | None:
    """Return the entry as a log line, None if it only updates a progress bar."""
    status = entry.get("status")
    if not status or entry.get("progressDetail"):
        return None
    return f"{entry['id']}: {status}" if entry.get("id") else str(status)
