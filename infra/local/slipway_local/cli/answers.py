"""Parse API responses, and reject those of a server that is not Slipway."""

import re
from functools import partial
from typing import Any, NoReturn

import requests

from slipway_local.cli.exits import CliError, Exit


class Answer(dict[str, Any]):
    """An API document; looking up a key that is missing raises CliError (`not_slipway`)."""

    def __init__(self, url: str, members: dict[str, Any]) -> None:
        super().__init__(members)
        self._url = url

    def __missing__(self, _name: str) -> NoReturn:
        raise _stranger(self._url)


def read(answer: requests.Response) -> dict[str, Any]:
    """Return the response's JSON object. Raises CliError (`not_slipway`) for any other body."""
    origin = shown(answer.url.partition("?")[0])
    try:
        document = answer.json(object_hook=partial(Answer, origin))
    except requests.JSONDecodeError:
        raise _stranger(origin) from None
    if not isinstance(document, Answer):
        raise _stranger(origin)
    return document


def shown(url: str) -> str:
    """Return the URL without its userinfo, for messages."""
    return re.sub(r"//[^/]*@", "//", url)


def _stranger(url: str) -> CliError:
    return CliError(
        Exit.UNREACHABLE,
        f"the server at {url} is not Slipway, or another version of it",
        fix="correct SLIPWAY_URL, or leave it unset and run `slipway up`",
        code="not_slipway",
    )
