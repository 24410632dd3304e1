"""Text from a build, a cluster or a repository, made harmless for a terminal."""

import re

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def harmless(text: str) -> str:
    """Without escape sequences; further lines are indented, so that none looks like our own."""
    cleaned = _ESCAPES.sub("", text)
    lines = cleaned.split("\n")
    return "\n  ".join("".join(c if c.isprintable() else " " for c in line) for line in lines)
