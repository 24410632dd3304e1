"""Chooses the runtime's release line for a requested version; prefers the default line."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from semantic_version import NpmSpec, Version

# The default first, then newest to oldest; end-of-life lines are used only on request.
PYTHON = ("3.13", "3.14", "3.12", "3.11", "3.10", "3.9", "3.8")
NODE = ("24", "22", "20", "18", "16")
GO = ("1.26", "1.25")

_NODE_NAMES = {
    "lts/*": "24", "lts/krypton": "24", "lts/jod": "22", "lts/iron": "20", "lts/hydrogen": "18",
    "lts": "24", "node": "24", "latest": "24", "current": "24", "stable": "24",
}  # fmt: skip
_SAMPLES = range(60)  # a line satisfies a range when one of its releases does


def python_line(requested: str) -> str | None:
    """Resolve `3.11`, `python-3.11.4`, `>=3.11,<4`, `^3.11`; None if no known line satisfies it."""
    exact = re.fullmatch(r"(?:python-|cpython-|cpython@)?(3\.\d{1,2})(?:\.\d{1,3})?", requested)
    if exact:
        return exact.group(1) if exact.group(1) in PYTHON else None
    if "^" in requested or re.search(r"~(?!=)", requested):
        return _first_npm(PYTHON, requested.replace(",", " "), "{line}.{sample}")
    try:
        accepted = SpecifierSet(requested)
    except InvalidSpecifier:
        return None
    for line in PYTHON:
        if any(accepted.contains(f"{line}.{sample}") for sample in _SAMPLES):
            return line
    return None


def node_line(requested: str) -> str | None:
    """Resolve `20`, `v20.11.1`, `lts/iron`, `>=18 <23`, `20.x || 22.x`."""
    plain = requested.strip().lower()
    if plain in _NODE_NAMES:
        return _NODE_NAMES[plain]
    exact = re.fullmatch(r"v?(\d{1,2})(?:\.\d{1,3}){0,2}", plain)
    if exact:
        return exact.group(1) if exact.group(1) in NODE else None
    return _first_npm(NODE, plain, "{line}.{sample}.9")


def go_line(requested: str) -> str | None:
    """Resolve `1.22`, `1.25.3`, `go1.24.1`: go.mod sets a minimum, so a newer line will do."""
    exact = re.fullmatch(r"(?:go)?1\.(\d{1,2})(?:\.\d{1,3}|rc\d{1,2})?", requested)
    if exact is None:
        return None
    minor = int(exact.group(1))
    line = f"1.{minor}"
    newest = int(GO[0].partition(".")[2])
    return line if line in GO or minor > newest else GO[0]


def _first_npm(lines: tuple[str, ...], requested: str, release: str) -> str | None:
    try:
        accepted = NpmSpec(requested)
    except ValueError:
        return None
    for line in lines:
        releases = (Version(release.format(line=line, sample=each)) for each in _SAMPLES)
        if any(each in accepted for each in releases):
            return line
    return None
