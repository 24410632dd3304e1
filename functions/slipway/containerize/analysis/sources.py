"""Finds the port, environment variables and health check path in source code."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from slipway.containerize.analysis.folder import Folder, Found, line_at

MAX_TOTAL_CHARS = 6_000_000
MAX_MATCHES = 200
"""Per file: a generated file may have many thousands, and the first ones suffice."""
_LINE_START_CHARS = 200
_HEALTH = (
    r"""["'`](?:GET )?(/(?:[\w-]{1,40}/){0,4}(?:healthz?|health-?check|livez?|liveness|readyz?"""
    r"""|readiness|ping|up))/?["'`]"""
)
_PREFERRED = ("/health", "/healthz")
_COMMENTS = ("#", "//", "*", "/*", "--")
# Set by the platform, not by the application's configuration.
_PLATFORM = frozenset(
    ("PORT", "HOST", "PATH", "HOME", "NODE_ENV", "PWD", "TZ", "LANG", "USER", "TMPDIR")
)


class Signs(NamedTuple):
    ports: tuple[Found, ...]
    environment: dict[str, Found]
    health: Found | None
    reads_port: bool


def signs_of(folder: Folder, suffixes: tuple[str, ...], patterns: Mapping[str, str]) -> Signs:
    """`patterns` has the keys `port` and `environment`; a match's first group is its value."""
    port, variable = (re.compile(patterns[key]) for key in ("port", "environment"))
    health = re.compile(_HEALTH)
    ports: list[Found] = []
    variables: dict[str, Found] = {}
    paths: list[Found] = []
    for name, content in contents(folder, suffixes):
        ports += matches(folder, name, content, port)
        paths += matches(folder, name, content, health)
        for found in matches(folder, name, content, variable):
            variables.setdefault(found.value, found)
    return Signs(
        ports=tuple(each for each in ports if 1 <= int(each.value) <= 65535),  # noqa: PLR2004
        environment={key: variables[key] for key in sorted(variables) if key not in _PLATFORM},
        health=_best(paths),
        reads_port="PORT" in variables,
    )


def contents(folder: Folder, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    budget = MAX_TOTAL_CHARS
    for name in folder.below(*suffixes):
        content = folder.read(name)
        if content is None:
            continue
        budget -= len(content)
        if budget < 0:
            return
        yield name, content


def matches(folder: Folder, name: str, content: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    for match in islice(pattern.finditer(content), MAX_MATCHES):
        start = content.rfind("\n", 0, match.start()) + 1
        line = content[start : min(start + _LINE_START_CHARS, match.end())]
        if line.lstrip().startswith(_COMMENTS):
            continue
        value = next((group for group in match.groups() if group), None)
        if value is not None:
            where = folder.evidence(name, line_at(content, match), match.group(0))
            yield Found(value, where)


def _best(paths: list[Found]) -> Found | None:
    for preferred in _PREFERRED:
        for found in paths:
            if found.value == preferred:
                return found
    return paths[0] if paths else None
