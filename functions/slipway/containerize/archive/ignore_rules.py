"""Ignore rules of a source archive: generated files, secrets, .gitignore and .slipwayignore.

Later rules win: the built-in ones, then every `.gitignore` and `.slipwayignore` from the top down.
A line `!dist/` in `.slipwayignore` re-includes what `.gitignore` excludes.
"""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pathspec import GitIgnoreSpec

IGNORE_FILES = (".gitignore", ".slipwayignore")
_OURS = (
    "node_modules/",
    "bower_components/",
    "__pycache__/",
    ".terraform/",
    ".gradle/",
    ".tox/",
    ".nox/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".pytest_cache/",
    ".parcel-cache/",
    ".turbo/",
    ".next/cache/",
    ".DS_Store",
    ".env",  # machine-local by convention; .env.production belongs to the project
    ".env.local",
    ".env.*.local",
)
_HISTORIES = {".git", ".hg", ".svn", ".jj"}
_TARGET_OF = ("pom.xml", "Cargo.toml")
_CACHE_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"  # bford.info/cachedir


@dataclass(frozen=True)
class Rules:
    """Ignore specs, each with the folder that it was found in, from the top down."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...]
    histories_only: bool = False

    @classmethod
    def ours(cls) -> Self:
        return cls((("", GitIgnoreSpec.from_lines(_OURS)),))

    @classmethod
    def of_a_copy(cls) -> Self:
        """For a source that its sender already filtered: excludes version histories only."""
        return cls((), histories_only=True)

    def within(self, folder: Path, name: str) -> "Rules":
        """Add the folder's own ignore files; `name` is the folder's path with a trailing slash."""
        if self.histories_only:
            return self
        lines = [line for file in IGNORE_FILES for line in _lines(folder / file)]
        if (folder / _TARGET_OF[0]).exists() or (folder / _TARGET_OF[1]).exists():
            lines.insert(0, "/target/")
        return Rules((*self.specs, (name, GitIgnoreSpec.from_lines(lines)))) if lines else self

    def ignores(self, name: str, path: Path, *, is_folder: bool) -> bool:
        base = name.rpartition("/")[2]
        if base in _HISTORIES:
            return True
        if self.histories_only:
            return False
        if is_folder and _made_by_a_tool(path):
            return True
        asked = f"{name}/" if is_folder else name
        for top, spec in reversed(self.specs):
            verdict = spec.check_file(asked.removeprefix(top)).include
            if verdict is not None:
                return verdict
        return False


def _made_by_a_tool(folder: Path) -> bool:
    """Whether it is a virtual environment, or a cache marked with a CACHEDIR.TAG."""
    if (folder / "pyvenv.cfg").is_file():
        return True
    tag = folder / "CACHEDIR.TAG"
    if not tag.is_file():
        return False
    with tag.open("rb") as file:
        return file.read(len(_CACHE_SIGNATURE)) == _CACHE_SIGNATURE


def _lines(file: Path) -> list[str]:
    if not file.exists() or not stat.S_ISREG(file.lstat().st_mode):
        return []
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
