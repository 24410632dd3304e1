"""Parses a Dockerfile into instructions, exactly as the builder does.

Any difference between the two parsers could hide an instruction from the checks.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from slipway.saga.errors import Rejected

MAX_INSTRUCTIONS = 2_000
# What the builder treats as whitespace: a subset of Python's.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
SPACES += "\u200a\u2028\u2029\u202f\u205f\u3000"
_HEREDOC = re.compile(r"<<(-?)\s*([\"']?)([A-Za-z_]\w*)\2")
_TAKES_HEREDOC = ("RUN", "COPY", "ADD")
_WORD_END = re.compile(r"[\t\v\f\r ]+")
_ESCAPE = re.compile(r"#\s*escape\s*=\s*(.*)", re.IGNORECASE)


class Instruction(NamedTuple):
    """`line` and `end` count from 1 and are inclusive; `rest` is on one line."""

    word: str
    rest: str
    line: int
    end: int
    heredoc: bool = False


def instructions(text: str) -> list[Instruction]:
    """Parse with a backslash as the escape character, ignoring directives: see `foreign_escape`.

    Raises Rejected("too_many_instructions").
    """
    found = list(islice(_parse(lines_of(text)), MAX_INSTRUCTIONS + 1))
    if len(found) > MAX_INSTRUCTIONS:
        raise Rejected(
            "too_many_instructions",
            f"a Dockerfile has more than {MAX_INSTRUCTIONS} instructions",
            fix="join commands: an image has room for about a hundred layers",
        )
    return found


def lines_of(text: str) -> list[str]:
    """Split at line feeds only, as the builder does; drop carriage returns before them."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


def foreign_escape(text: str) -> int | None:
    """Return the line of an `# escape=` directive that sets another character, if any."""
    for number, line in enumerate(lines_of(text), start=1):
        if not _is_skipped(line):
            return None
        directive = _ESCAPE.match(line.strip(SPACES))
        if directive and directive.group(1) != "\\":
            return number
    return None


def parsed(logical: str) -> tuple[str, str]:
    """Split an instruction without line breaks into its upper-case word and the rest."""
    word, *rest = _WORD_END.split(logical.strip(SPACES), maxsplit=1)
    return word.upper(), "".join(rest).replace("\t", " ")


def last_stage(found: list[Instruction]) -> list[Instruction]:
    """Return the instructions from the last FROM on; empty without a FROM."""
    starts = [index for index, each in enumerate(found) if each.word == "FROM"]
    return found[starts[-1] :] if starts else []


def _parse(lines: list[str]) -> Iterator[Instruction]:
    index = 0
    while index < len(lines):
        if _is_skipped(lines[index]):
            index += 1
            continue
        start = index
        logical, index = _logical(lines, index)
        word, rest = parsed(logical)
        markers = _HEREDOC.findall(rest) if word in _TAKES_HEREDOC else []
        for dash, _quote, end in markers:
            index = _after_heredoc(lines, index, end, dash == "-")
        yield Instruction(word, rest, start + 1, index, bool(markers))


def _is_skipped(line: str) -> bool:
    plain = line.lstrip(SPACES)
    return not plain or plain.startswith("#")


def _logical(lines: list[str], index: int) -> tuple[str, int]:
    """Return one instruction joined over its continuation lines, and the index after it.

    The builder inserts nothing in between: a word may continue on the next line.
    """
    joined: list[str] = []
    while index < len(lines):
        line = lines[index]
        index += 1
        if joined and _is_skipped(line):
            continue  # comments and empty lines inside an instruction are ignored
        stripped = line.rstrip(" \t")
        # Two of them are an escaped backslash, which does not continue the line.
        if not stripped.endswith("\\") or stripped.endswith("\\\\"):
            joined.append(line)
            break
        joined.append(stripped[:-1])
    return "".join(joined), index


def _after_heredoc(lines: list[str], index: int, end: str, strips_tabs: bool) -> int:
    while index < len(lines):
        line = lines[index].lstrip("\t") if strips_tabs else lines[index]
        index += 1
        if line == end:
            break
    return index
