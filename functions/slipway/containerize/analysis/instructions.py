"""A Dockerfile's text as its instructions, read exactly as the builder reads it.

What the two would read differently could hide an instruction from every check that follows.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from slipway.saga.errors import Rejected

MAX_INSTRUCTIONS = 2_000
# What the builder takes for white space: less than Python does.
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
    """With a backslash as the escape character, whatever a directive says: see `foreign_escape`.

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
    """Only a line feed ends a line of a Dockerfile; carriage returns before it do not count."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


def foreign_escape(text: str) -> int | None:
    """The line of an `# escape=` above the first instruction that names another character."""
    for number, line in enumerate(lines_of(text), start=1):
        if not _is_skipped(line):
            return None
        directive = _ESCAPE.match(line.strip(SPACES))
        if directive and directive.group(1) != "\\":
            return number
    return None


def parsed(logical: str) -> tuple[str, str]:
    """The word in capitals and what follows it, of one instruction without line breaks."""
    word, *rest = _WORD_END.split(logical.strip(SPACES), maxsplit=1)
    return word.upper(), "".join(rest).replace("\t", " ")


def last_stage(found: list[Instruction]) -> list[Instruction]:
    """From the last FROM on; empty when there is none."""
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
    """One instruction joined over its continuation lines, and the index after it.

    The builder puts nothing in between: a word may go on in the next line.
    """
    joined: list[str] = []
    while index < len(lines):
        line = lines[index]
        index += 1
        if joined and _is_skipped(line):
            continue  # a comment or an empty line inside an instruction belongs to nobody
        stripped = line.rstrip(" \t")
        # Two of them are a backslash that is meant, and end the line.
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
