"""A detector's view of one folder: reads its files and returns evidence."""

import json
import re
import tomllib
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from slipway.containerize.analysis.model import EVIDENCE_TEXT_MAX, Evidence
from slipway.containerize.analysis.tree import Tree

MAX_SOURCES = 400
MAX_DOTS = 300
"""Per line of TOML: parsing a dotted key takes time quadratic in the number of its parts."""
TESTS = frozenset(
    ("tests", "test", "__tests__", "spec", "e2e", "fixtures", "testdata", "examples", "docs")
)


class Found(NamedTuple):
    value: str
    evidence: Evidence


class Folder:
    def __init__(self, tree: Tree, path: str) -> None:
        self.tree = tree
        self.path = path
        self.names = tree.names(path)
        self._prefix = "" if path == "." else f"{path}/"

    def read(self, name: str) -> str | None:
        return self.tree.read(f"{self._prefix}{name}")

    def has(self, name: str) -> bool:
        folder, _, last = f"{self._prefix}{name}".rpartition("/")
        return last in self.tree.names(folder or ".")

    def first(self, *names: str) -> str | None:
        return next((name for name in names if self.has(name)), None)

    def at(self, name: str, needle: str = "") -> Evidence:
        """Return the first line of `name` with `needle`; line 1 without its text if none has it.

        The text of an unrelated line could be anything, even a password.
        """
        content = self.read(name) or ""
        found = content.find(needle) if needle and "\n" not in needle else -1
        if found < 0:
            return self.evidence(name, 1, "")
        start = content.rfind("\n", 0, found) + 1
        line = content[start : found + EVIDENCE_TEXT_MAX].partition("\n")[0]
        return self.evidence(name, content.count("\n", 0, found) + 1, line)

    def evidence(self, name: str, line: int, text: str) -> Evidence:
        return Evidence(file=f"{self._prefix}{name}", line=line, text=text)

    def search(self, name: str, pattern: str) -> Found | None:
        """Return the first match; the value is its first group."""
        text = self.read(name) or ""
        match = re.search(pattern, text, re.MULTILINE)
        if match is None:
            return None
        return Found(match.group(1), self.evidence(name, line_at(text, match), match.group(0)))

    def below(self, *suffixes: str) -> tuple[str, ...]:
        """Return source files here and in subfolders, shallowest first, without tests."""
        mine = [name for name in self.tree.files if name.startswith(self._prefix)]
        local = [name[len(self._prefix) :] for name in mine if name.endswith(suffixes)]
        wanted = [name for name in local if not TESTS.intersection(name.split("/")[:-1])]
        return tuple(sorted(wanted, key=lambda name: (name.count("/"), name))[:MAX_SOURCES])

    def json(self, name: str) -> dict[str, Any]:
        try:
            return table(json.loads(self.read(name) or "{}"))
        except (ValueError, RecursionError):
            return {}

    def toml(self, name: str) -> dict[str, Any]:
        content = self.read(name) or ""
        if is_too_deep(content):
            return {}
        try:
            return tomllib.loads(content)
        except (ValueError, RecursionError):
            return {}


def is_too_deep(toml: str) -> bool:
    """Whether its dotted keys would take too long to parse."""
    return any(line.count(".") > MAX_DOTS for line in toml.split("\n"))


def table(value: object, *keys: str) -> dict[str, Any]:
    """Return the table at `keys`; empty if any value on the path is not a table."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def texts(value: object) -> list[str]:
    """Return the strings of a list; empty if it is not a list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def line_at(content: str, match: re.Match[str]) -> int:
    return content.count("\n", 0, match.start()) + 1


def module_of(name: str) -> str:
    """`shop/web/main.py` → `shop.web.main`, and a package's `__init__.py` → the package."""
    return ".".join(PurePosixPath(name).with_suffix("").parts).removesuffix(".__init__")
