"""Writes untrusted archive entries into a folder, and never outside of it.

Symlinks are created last, so that no file is ever written through one.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.containerize.archive import refusals
from slipway.containerize.archive.entry import CHUNK_BYTES, Entry, Kind
from slipway.containerize.archive.limits import ArchiveLimits
from slipway.containerize.archive.names import Parts, check_text, safe_parts, stays_inside

_NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW


class Tree:
    """`packed_bytes` is the size of the archive, if any, to check the compression ratio."""

    def __init__(self, into: Path, limits: ArchiveLimits, packed_bytes: int | None = None) -> None:
        self._into = into
        self._limits = limits
        self._packed_bytes = packed_bytes
        self._kinds: dict[Parts, Kind] = {}
        self._links: dict[Parts, str] = {}
        self._bytes = 0
        self._entries = 0
        self._names_its_root = False

    def add(self, entry: Entry) -> None:
        """Raise Rejected for an entry that is unsafe, exceeds a limit, or contradicts another."""
        self._entries += 1  # duplicates count too
        if self._entries > self._limits.files:
            raise refusals.too_many_files(self._limits.files)
        parts = safe_parts(entry.name, self._limits)
        if not parts:
            self._names_its_root = True
            return
        self._make_folders(parts[:-1])
        if entry.kind is Kind.FOLDER:
            self._make_folders(parts)
        elif entry.kind is Kind.LINK:
            self._note_link(parts, entry.target)
        elif entry.kind is Kind.SAME_FILE:
            self._copy(parts, entry)
        else:
            self._write(parts, entry.size_bytes, entry.content, executable=entry.executable)

    def finish(self, *, strip: bool) -> None:
        """Create the links; with `strip`, replace a single top-level folder by its content.

        Archives from GitHub and the like have everything below `project-1a2b3c/`. An archive with
        an entry for its root (`.`), such as one written by `pack`, is not stripped.
        """
        if Kind.FILE not in self._kinds.values():
            raise refusals.empty()
        top = {parts[0] for parts in self._kinds}
        lifted = 0
        if strip and not self._names_its_root and len(top) == 1 and not self._is_file(top):
            self._lift(top.pop())
            lifted = 1
        for parts, target in self._links.items():
            self._link(parts[lifted:], target)

    def _is_file(self, top: set[str]) -> bool:
        return any(self._kinds[(name,)] is not Kind.FOLDER for name in top)

    def _lift(self, name: str) -> None:
        with TemporaryDirectory(dir=self._into) as aside:  # a child may have the same name
            folder = (self._into / name).rename(Path(aside, name))
            for child in folder.iterdir():
                child.rename(self._into / child.name)

    def _link(self, parts: Parts, target: str) -> None:
        if not stays_inside(parts, target):
            raise refusals.link("/".join(parts), f"points outside of the archive, to {target!r}")
        self._path(parts).symlink_to(target)

    def _make_folders(self, parts: Parts) -> None:
        for depth in range(1, len(parts) + 1):
            folder = parts[:depth]
            if folder not in self._kinds:
                self._claim(folder, Kind.FOLDER)
                self._path(folder).mkdir(mode=0o755)
            elif self._kinds[folder] is not Kind.FOLDER:
                raise refusals.link("/".join(folder), "is both a folder and a file or link")

    def _note_link(self, parts: Parts, target: str) -> None:
        check_text(target)
        self._claim(parts, Kind.LINK)
        self._links[parts] = target

    def _copy(self, parts: Parts, entry: Entry) -> None:
        original = safe_parts(entry.target, self._limits)
        if self._kinds.get(original) is not Kind.FILE or original == parts:
            raise refusals.link(
                entry.name,
                f"is a hard link to {entry.target!r}, which is not a file in the archive",
            )
        path = self._path(original)
        status = path.stat()
        self._write(
            parts,
            status.st_size,
            lambda: _chunks_of(path),
            executable=bool(status.st_mode & 0o100),
        )

    def _write(
        self,
        parts: Parts,
        size_bytes: int,
        content: Callable[[], Iterator[bytes]],
        *,
        executable: bool,
    ) -> None:
        self._charge(size_bytes)
        path = self._path(parts)
        if self._kinds.get(parts) is Kind.FILE:
            path.unlink()  # as in tar, the last of several wins
        self._claim(parts, Kind.FILE)
        left = size_bytes
        handle = os.open(path, _NEW_FILE, 0o755 if executable else 0o644)
        with open(handle, "wb") as file:  # noqa: PTH123  (a descriptor, not a path)
            for chunk in content():
                left -= len(chunk)
                if left < 0:
                    raise refusals.unreadable(
                        f"{'/'.join(parts)!r} is longer than its declared size"
                    )
                file.write(chunk)
        if left:
            raise refusals.unreadable(f"{'/'.join(parts)!r} is shorter than its declared size")

    def _charge(self, size_bytes: int) -> None:
        self._bytes += size_bytes
        if self._bytes > self._limits.unpacked_bytes:
            raise refusals.too_large(self._limits.unpacked_bytes)
        if self._packed_bytes is None:
            return
        if self._limits.refuse_ratio(self._bytes, self._packed_bytes):
            raise refusals.ratio(self._limits.ratio)

    def _claim(self, parts: Parts, kind: Kind) -> None:
        """Allow one kind per name, so that a folder cannot become a link halfway."""
        if self._kinds.get(parts, kind) is not kind or (kind is Kind.LINK and parts in self._kinds):
            raise refusals.link("/".join(parts), "has a duplicate entry of another kind")
        self._kinds[parts] = kind
        if len(self._kinds) > self._limits.files:
            raise refusals.too_many_files(self._limits.files)

    def _path(self, parts: Parts) -> Path:
        return self._into.joinpath(*parts)


def _chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def clear(folder: Path) -> None:
    """Empty the folder after a failed unpack."""
    for child in folder.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
