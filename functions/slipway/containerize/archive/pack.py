"""Packs a project's folder into a reproducible tar.gz."""

import gzip
import hashlib
import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from slipway.containerize.archive import refusals
from slipway.containerize.archive.ignore_rules import Rules
from slipway.containerize.archive.limits import DEFAULT_LIMITS, ArchiveLimits
from slipway.containerize.archive.names import check_text, safe_parts, stays_inside
from slipway.containerize.archive.race_free import opened, target_of
from slipway.containerize.archive.walk import Found, walk
from slipway.saga.errors import Rejected

_COMPRESSION = 6


@dataclass(frozen=True)
class PackReport:
    """Sizes in bytes. `left_out` names files and folders, relative to the project's folder."""

    files: int
    unpacked_bytes: int
    archive_bytes: int
    sha256: str
    left_out: tuple[str, ...]


def pack(folder: Path, to: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> PackReport:
    """Write a tar.gz of the folder to the file `to`, which is deleted on any error.

    Excludes generated files, `.env`, and what `.gitignore` and `.slipwayignore` name.
    Raises Rejected: no_such_path, not_a_folder, empty_source, source_too_large,
    source_unreadable, source_changed, archive_link, archive_device, archive_ratio,
    archive_name_unreadable.
    """
    return _written(folder, to, limits, Rules.ours())


def pack_copy(folder: Path, to: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> PackReport:
    """Like `pack`, for a received source: excludes version histories only."""
    return _written(folder, to, limits, Rules.of_a_copy())


def _written(folder: Path, to: Path, limits: ArchiveLimits, rules: Rules) -> PackReport:
    _check_folder(folder)
    try:
        return _packed(folder, to, limits, rules)
    except BaseException:
        to.unlink(missing_ok=True)
        raise


def _packed(folder: Path, to: Path, limits: ArchiveLimits, rules: Rules) -> PackReport:
    left_out: list[str] = []
    with to.open("wb") as file, _tar(file) as tar:
        packing = _Packing(folder, tar, file, limits)
        for found in walk(folder, left_out, os.fstat(file.fileno()), rules):
            packing.add(found)
    if not packing.files:
        raise _empty(folder)
    packed_bytes = to.stat().st_size
    if packed_bytes > limits.archive_bytes:
        raise refusals.source_too_large(f"{limits.archive_bytes} packed bytes")
    if limits.refuse_ratio(packing.bytes, packed_bytes):
        raise refusals.source_all_alike(packing.largest[1], limits.ratio)
    digest = _sha256(to)
    return PackReport(packing.files, packing.bytes, packed_bytes, digest, tuple(left_out))


class _Packing:
    def __init__(
        self, folder: Path, tar: tarfile.TarFile, file: BinaryIO, limits: ArchiveLimits
    ) -> None:
        self._folder = folder
        self._tar = tar
        self._file = file
        self._limits = limits
        self._entries = 0
        self.files = 0
        self.bytes = 0
        self.largest = (0, "")

    def add(self, found: Found) -> None:
        safe_parts(found.name, self._limits)
        self._entries += 1
        if self._entries > self._limits.files:
            raise refusals.source_too_large(f"{self._limits.files} files and folders")
        kind = stat.S_IFMT(found.status.st_mode)
        if kind == stat.S_IFDIR:
            self._tar.addfile(_info(found.name, tarfile.DIRTYPE, 0o755))
        elif kind == stat.S_IFLNK:
            self._add_link(found)
        elif kind == stat.S_IFREG:
            self._add_file(found)
        else:
            raise refusals.device(found.name)

    def _add_link(self, found: Found) -> None:
        target = target_of(self._folder, found)
        check_text(target)
        if not stays_inside(tuple(found.name.split("/")), target):
            raise refusals.link(found.name, f"points outside of the project, to {target!r}")
        info = _info(found.name, tarfile.SYMTYPE, 0o777)
        info.linkname = target
        self._tar.addfile(info)

    def _add_file(self, found: Found) -> None:
        mode = 0o755 if found.status.st_mode & 0o100 else 0o644
        info = _info(found.name, tarfile.REGTYPE, mode)
        with opened(self._folder, found) as file:
            info.size = os.fstat(file.fileno()).st_size
            self._charge(info.size)
            try:
                self._tar.addfile(info, file)
            except OSError as error:
                how = error.strerror or "it was truncated"
                raise refusals.source_changed(found.name, how) from error
        self.files += 1
        self.largest = max(self.largest, (info.size, found.name))

    def _charge(self, size_bytes: int) -> None:
        self.bytes += size_bytes
        if self.bytes > self._limits.unpacked_bytes:
            raise refusals.source_too_large(f"{self._limits.unpacked_bytes} bytes")
        if self._file.tell() > self._limits.archive_bytes:
            raise refusals.source_too_large(f"{self._limits.archive_bytes} packed bytes")


@contextmanager
def _tar(file: BinaryIO) -> Iterator[tarfile.TarFile]:
    """Write an entry for the root first: `unpack` then keeps a single top-level folder."""
    with (
        gzip.GzipFile("", "wb", _COMPRESSION, file, mtime=0) as packed,
        tarfile.TarFile(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.addfile(_info(".", tarfile.DIRTYPE, 0o755))
        yield tar


def _info(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.mode = mode
    return info


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        raise Rejected("no_such_path", f"{folder} does not exist", fix="check the path for a typo")
    if not folder.is_dir():
        raise Rejected(
            "not_a_folder", f"{folder} is a file", fix="give the folder that contains the project"
        )


def _empty(folder: Path) -> Rejected:
    return Rejected(
        "empty_source",
        f"{folder} contains no files to pack",
        fix="check the path, and what .gitignore and .slipwayignore leave out",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
