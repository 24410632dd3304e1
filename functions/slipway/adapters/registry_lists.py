"""Read all pages of a registry's list, or raise: deletions depend on complete lists."""

from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from slipway.adapters.registry_errors import cut_off, endless, refused
from slipway.saga.errors import Rejected

_MOST_PAGES = 100


def entries(
    host: str,
    kind: str,
    ask: Callable[[str | None], requests.Response],
    *,
    absent: Collection[int],
) -> list[str]:
    """Return the entries under `kind` of all pages; `ask` is called with each page's query.

    `absent`: statuses for a list that does not exist. Raises Rejected or Unavailable.
    """
    found: list[str] = []
    query: str | None = None
    for number in range(_MOST_PAGES):
        response = ask(query)
        if response.status_code in absent:
            if number:
                raise cut_off(host, kind)
            return []
        if not response.ok:
            raise refused(host, response.status_code, f"a request for its {kind}")
        found.extend(document(response, host).get(kind) or ())
        following = response.links.get("next", {}).get("url")
        if not following:
            return found
        query = urlsplit(urljoin(response.url, following)).query
    raise endless(host, kind, _MOST_PAGES)


def document(response: requests.Response, host: str) -> dict[str, Any]:
    try:
        said: Any = response.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Rejected("registry_garbled", f"{host} returned a response that is not a JSON object")
    return said
