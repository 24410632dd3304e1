"""Iterate over workflows by status, across pages."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slipway_local.cli.client import Client

_PAGE = 100


def workflows(client: Client, statuses: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for status in statuses:
        cursor = None
        while True:
            page = client.get("/workflows", status=status, limit=_PAGE, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
