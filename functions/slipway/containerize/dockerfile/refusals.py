"""Rejects a Dockerfile that would evade the checks or forge Slipway's labels."""

import json
import re
from collections.abc import Callable, Iterator

from slipway.containerize.analysis.instructions import (
    SPACES,
    Instruction,
    foreign_escape,
    parsed,
)
from slipway.saga.errors import Rejected

RESERVED = "slipway.dev/"
_KNOWN = frozenset(
    ("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
     "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)  # fmt: skip
# Quotes group a word; an unclosed one extends to the end.
_WORD = re.compile(
    rf"""(?:\\.|'[^']*(?:'|$)|"(?:\\.|[^"\\])*(?:"|\\?$)|[^{SPACES}'"\\])+""", re.DOTALL
)
_QUOTING = str.maketrans("", "", "\"'\\")
_REMOTE = ("http://", "https://", "git://", "ssh://", "git@")


def refuse_unsafe(text: str, found: list[Instruction]) -> None:
    """Raises Rejected: escape_directive, unknown_instruction, reserved_label, remote_add."""
    line = foreign_escape(text)
    if line is not None:
        raise Rejected(
            "escape_directive",
            f"line {line}: the Dockerfile sets another escape character",
            fix="remove the directive and continue lines with a backslash",
        )
    for each in found:
        _refuse(each.word, each.rest, each.line)


def _refuse(word: str, rest: str, line: int) -> None:
    if word not in _KNOWN:
        raise Rejected(
            "unknown_instruction",
            f"line {line}: it does not start with a Dockerfile instruction",
            fix="end the previous line with a single backslash, or remove this one",
        )
    if word == "ONBUILD":
        _refuse(*parsed(rest), line)
    check = _CHECKS.get(word)
    if check:
        check(rest, line)


def _label(rest: str, line: int) -> None:
    for key in _label_keys(rest):
        if "$" in key or key.translate(_QUOTING).startswith(RESERVED):
            raise Rejected(
                "reserved_label",
                f"line {line}: label names under {RESERVED} are reserved for Slipway",
                fix="use another label name, without a variable",
            )


def _label_keys(rest: str) -> Iterator[str]:
    """Yield the keys of `key=value` pairs and of the legacy form `key value`."""
    words = _arguments(_WORD.findall(rest))
    yield from (word.partition("=")[0] for word in words[:1])
    yield from (word.partition("=")[0] for word in words[1:] if "=" in word)


def _add(rest: str, line: int) -> None:
    sources = [*_arguments(rest.split())[:-1], *_listed(rest)[:-1]]
    if any(_is_remote(source.translate(_QUOTING)) for source in sources):
        raise Rejected(
            "remote_add",
            f"line {line}: ADD downloads from a URL during the build",
            fix="download it in a RUN step or put it into the repository",
        )


def _arguments(words: list[str]) -> list[str]:
    """Drop leading flags."""
    start = next((index for index, word in enumerate(words) if not word.startswith("--")), None)
    return [] if start is None else words[start:]


def _listed(rest: str) -> list[str]:
    """Return the words of the JSON array form."""
    opening = rest.find("[")
    try:
        listed = json.loads(rest[opening:]) if opening >= 0 else []
    except (ValueError, RecursionError):
        return []
    return [each for each in listed if isinstance(each, str)]


def _is_remote(source: str) -> bool:
    """Also true if the value of a variable could make it a remote source."""
    literal, variable, _ = source.strip("[,").lower().partition("$")
    if literal.startswith(_REMOTE) or "://" in source or "@" in literal.partition(":")[0]:
        return ":" in source
    return bool(variable) and any(each.startswith(literal) for each in _REMOTE)


_CHECKS: dict[str, Callable[[str, int], None]] = {"LABEL": _label, "ADD": _add}
