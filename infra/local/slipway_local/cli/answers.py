"""What a system answers. Something else may listen where one was, or is said to be."""

import re
from functools import partial
from typing import Any, NoReturn

import requests

from slipway_local.cli.exits import CliError, Exit


class Answer(dict[str, Any]):
    """A document of the API: what all of Slipway's have, and this one lacks, raises CliError."""

    def __init__(self, url: str, told: dict[str, Any]) -> None:
        super().__init__(told)
        self._url = url

    def __missing__(self, _name: str) -> NoReturn:
        raise _stranger(self._url)


def read(answer: requests.Response) -> dict[str, Any]:
    """Raises CliError for what is no document of ours."""
    origin = shown(answer.url.partition("?")[0])
    try:
        told = answer.json(object_hook=partial(Answer, origin))
    except requests.JSONDecodeError:
        raise _stranger(origin) from None
    if not isinstance(told, Answer):
        raise _stranger(origin)
    return told


def shown(url: str) -> str:
    """Without a login, which is nobody's business."""
    return re.sub(r"//[^/]*@", "//", url)


def _stranger(url: str) -> CliError:
    return CliError(
        Exit.UNREACHABLE,
        f"what answers at {url} is not Slipway, or not of this version",
        fix="correct SLIPWAY_URL, or leave it unset and run `slipway up`",
        code="not_slipway",
    )
