"""Reads an untrusted repository: bounded in depth, number and size, never outside its root."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from slipway.saga.errors import Rejected

MAX_FILES = 20_000
MAX_DEPTH = 12
MAX_FILE_BYTES = 512 * 1024

SKIPPED = frozenset(
    (
        "node_modules",
        "bower_components",
        "__pycache__",
        "venv",
        "env",
        "virtualenv",
        "vendor",
        "target",
    )
)


class Tree:
    """Names are POSIX paths relative to the root; unprintable names are ignored."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._texts: dict[str, str | None] = {}
        self._names: dict[str, set[str]] = defaultdict(set)
        self.files: tuple[str, ...] = tuple(self._walk())
        for name in self.files:
            path = PurePosixPath(name)
            self._names[str(path.parent)].add(path.name)

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(sorted(self._names))

    def names(self, folder: str) -> frozenset[str]:
        return frozenset(self._names.get(folder, ()))

    def read(self, name: str) -> str | None:
        """Return the text, or None if the file is missing or larger than MAX_FILE_BYTES."""
        if name not in self._texts:
            self._texts[name] = read_text(self._root, name)
        return self._texts[name]

    def _walk(self) -> Iterator[str]:
        pending, count = [("", 0)], 0
        while pending:
            folder, depth = pending.pop()
            for entry in _entries(self._root / folder):
                name = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if depth < MAX_DEPTH and not _skipped(entry):
                        pending.append((f"{name}/", depth + 1))
                elif self._is_inside(entry):
                    count += 1
                    yield name
                if count > MAX_FILES:
                    raise _too_many_files()

    def _is_inside(self, entry: os.DirEntry[str]) -> bool:
        if not entry.is_symlink():
            return entry.is_file(follow_symlinks=False)
        return _regular_inside(self._root, Path(entry.path))


def _too_many_files() -> Rejected:
    return Rejected(
        "too_many_files",
        f"the source has more than {MAX_FILES} files",
        fix="leave dependencies, build results and data out, or deploy a subfolder",
    )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted((each for each in found if each.name.isprintable()), key=_by_name)
    except OSError:
        return []  # an unreadable folder is skipped


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _skipped(entry: os.DirEntry[str]) -> bool:
    hidden = entry.name.startswith(".")
    return hidden or entry.name in SKIPPED or Path(entry.path, "pyvenv.cfg").is_file()


def _regular_inside(root: Path, path: Path) -> bool:
    try:
        path.stat()  # fails on a long chain of links, which takes long to resolve
        target = path.resolve(strict=True)
        return target.is_relative_to(root) and S_ISREG(target.stat().st_mode)
    except (OSError, RuntimeError):  # a symlink loop
        return False


def read_text(root: Path, name: str) -> str | None:
    """Return None if it is no regular file inside the resolved `root`, or is too large."""
    path = root / name
    if not _regular_inside(root, path):
        return None
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return None
    if len(content) > MAX_FILE_BYTES:
        return None
    return content.decode("utf-8-sig", errors="replace")
