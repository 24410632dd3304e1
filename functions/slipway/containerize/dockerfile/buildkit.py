"""Detects instructions that need BuildKit; the classic builder's own errors are obscure."""

import re

from slipway.containerize.analysis.instructions import Instruction

_FLAGS = {
    "RUN": ("--mount", "--network", "--security", "--device"),
    "COPY": ("--chmod", "--link", "--parents", "--exclude"),
    "ADD": ("--chmod", "--link", "--checksum", "--keep-git-dir", "--exclude", "--unpack"),
}


def buildkit_features(found: list[Instruction]) -> list[tuple[Instruction, str]]:
    """Return the instructions that need BuildKit, each with the feature that does."""
    needing = []
    for each in found:
        flags = _flags_of(each)
        known = next((flag for flag in flags if flag in _FLAGS.get(each.word, ())), None)
        if known or each.heredoc:
            needing.append((each, f"{each.word} {known or 'with a heredoc'}"))
    return needing


def _flags_of(each: Instruction) -> list[str]:
    """Only words before the first argument are flags of the instruction."""
    match = re.match(r"(?:--\S+\s+)*", each.rest)
    return [word.partition("=")[0] for word in (match.group(0) if match else "").split()]
