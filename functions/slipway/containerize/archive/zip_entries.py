"""Reads the entries of a zip archive."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from slipway.containerize.archive import refusals
from slipway.containerize.archive.entry import CHUNK_BYTES, Entry, Kind
from slipway.containerize.archive.limits import ArchiveLimits

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,  # an invalid offset
    ValueError,
    NotImplementedError,  # an unsupported compression method
)
_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_MAX_COMMENT_BYTES = 65_535
_LISTED_BYTES = 512  # per entry of the central directory, at most on average
_ENCRYPTED = 0x1
_MAX_TARGET_BYTES = 4096
_FAT_OR_UNIX_MODE = 16


def zip_entries(archive: Path, limits: ArchiveLimits) -> Iterator[Entry]:
    """Raises Rejected."""
    with refusals.unreadable_on(*_BROKEN):
        _check_list(archive, limits)
        opened = _opened(archive)
    with opened:
        for info in opened.infolist():
            yield _entry(opened, info)


def _opened(archive: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(archive)
    except UnicodeDecodeError as error:  # a name that is flagged as UTF-8
        raise refusals.not_text(error.object.decode(errors="surrogateescape")) from error


def _check_list(archive: Path, limits: ArchiveLimits) -> None:
    """Bound the central directory before zipfile reads all of it into memory."""
    size = archive.stat().st_size
    with archive.open("rb") as file:
        file.seek(max(0, size - _END.size - _MAX_COMMENT_BYTES))
        tail = file.read()
    at = tail.rfind(_END_MAGIC)
    if at < 0:
        raise refusals.unreadable("its end is missing")
    entries, list_bytes = _END.unpack_from(tail, at)[4:6]
    if entries > limits.files or list_bytes > limits.files * _LISTED_BYTES:
        raise refusals.too_many_files(limits.files)


def _entry(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = info.filename.replace("\\", "/")  # as some tools on Windows write them
    mode = info.external_attr >> _FAT_OR_UNIX_MODE
    if info.flag_bits & _ENCRYPTED:
        raise refusals.unreadable(f"{name!r} is password-protected")
    if info.is_dir() or name.endswith("/"):
        return Entry(name, Kind.FOLDER)
    if stat.S_ISLNK(mode):
        return Entry(name, Kind.LINK, target=_target(opened, info))
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise refusals.device(name)
    executable = bool(mode & 0o100)
    return Entry(name, Kind.FILE, info.file_size, executable, content=_content(opened, info))


def _target(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    with refusals.unreadable_on(*_BROKEN), opened.open(info) as file:
        return file.read(_MAX_TARGET_BYTES).decode(errors="surrogateescape")


def _content(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        with refusals.unreadable_on(*_BROKEN), opened.open(info) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    return chunks
