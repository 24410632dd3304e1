"""A Dockerfile's text as its instructions: continuation lines, comments and heredocs understood."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEREDOC = re.compile(r"<<(-?)\s*([\"']?)([A-Za-z_]\w*)\2")
_TAKES_HEREDOC = ("RUN", "COPY", "ADD")


class Instruction(NamedTuple):
    """`line` and `end` count from 1 and are inclusive; `rest` is on one line."""

    word: str
    rest: str
    line: int
    end: int
    heredoc: bool = False


def instructions(text: str) -> list[Instruction]:
    return list(_parse(text.splitlines(), escape_of(text)))


def directives(text: str) -> dict[str, str]:
    """`# syntax=` and `# escape=`, which count only before anything else."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = re.match(r"\s*#\s*([A-Za-z]+)\s*=\s*(\S+)\s*$", line)
        if match is None:
            break
        found.setdefault(match.group(1).lower(), match.group(2))
    return found


def escape_of(text: str) -> str:
    return "`" if directives(text).get("escape") == "`" else "\\"


def last_stage(found: list[Instruction]) -> list[Instruction]:
    """From the last FROM on; empty when there is none."""
    starts = [index for index, each in enumerate(found) if each.word == "FROM"]
    return found[starts[-1] :] if starts else []


def _parse(lines: list[str], escape: str) -> Iterator[Instruction]:
    index = 0
    while index < len(lines):
        if _is_skipped(lines[index]):
            index += 1
            continue
        start = index
        logical, index = _logical(lines, index, escape)
        word, _, rest = logical.strip().partition(" ")
        markers = _HEREDOC.findall(rest) if word.upper() in _TAKES_HEREDOC else []
        for dash, _quote, end in markers:
            index = _after_heredoc(lines, index, end, dash == "-")
        yield Instruction(word.upper(), rest.strip(), start + 1, index, bool(markers))


def _is_skipped(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _logical(lines: list[str], index: int, escape: str) -> tuple[str, int]:
    """One instruction joined over its continuation lines, and the index after it."""
    joined: list[str] = []
    while index < len(lines):
        line = lines[index].replace("\t", " ")
        index += 1
        if joined and _is_skipped(line):
            continue  # a comment or an empty line inside an instruction belongs to nobody
        stripped = line.rstrip()
        if not stripped.endswith(escape):
            joined.append(line)
            break
        joined.append(stripped[:-1])
    return " ".join(joined), index


def _after_heredoc(lines: list[str], index: int, end: str, strips_tabs: bool) -> int:
    while index < len(lines):
        line = lines[index].lstrip("\t") if strips_tabs else lines[index]
        index += 1
        if line == end:
            break
    return index
