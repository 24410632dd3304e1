"""Reads a compressed, untrusted stream: forward only and bounded."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from slipway.containerize.archive import refusals
from slipway.containerize.archive.entry import CHUNK_BYTES

_XZ_MEMORY_BYTES = 128 << 20  # xz -9 wants 65 MB
_MAX_READ_BYTES = 1 << 20  # only a forged header asks for more at once
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)


class Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Xz:
    """Like lzma.LZMAFile, with a limit on the memory that an archive may need."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._xz = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)

    def read(self, size: int, /) -> bytes:
        while not self._xz.eof:
            packed = self._file.read(CHUNK_BYTES) if self._xz.needs_input else b""
            if self._xz.needs_input and not packed:
                raise EOFError
            if out := self._xz.decompress(packed, size):
                return out
        return b""


def _gzip(file: BinaryIO) -> Reads:
    return gzip.GzipFile(fileobj=file, mode="rb")


def _plain(file: BinaryIO) -> Reads:
    return file


_FORMATS: tuple[tuple[bytes, Callable[[BinaryIO], Reads]], ...] = (
    (b"\x1f\x8b", _gzip),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", _Xz),
    (b"", _plain),
)


def decompressed(file: BinaryIO, limit_bytes: int) -> "Forward":
    """Detect the compression by the file's first bytes."""
    start = file.read(16)
    file.seek(0)
    unpack = next(unpack for magic, unpack in _FORMATS if start.startswith(magic))
    return Forward(unpack(file), limit_bytes)


class Forward:
    """The file object that tarfile needs. Raises Rejected for corrupt or oversized data."""

    def __init__(self, stream: Reads, limit_bytes: int) -> None:
        self._stream = stream
        self._limit_bytes = limit_bytes
        self._at = 0
        self.closed = False

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MAX_READ_BYTES:
            raise refusals.unreadable("it has an oversized header")
        parts = []
        while size and (part := self._some(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def seek(self, position: int, _whence: int = 0) -> int:
        if position < self._at:
            raise refusals.unreadable("its parts are out of order")
        while self._at < position and self.read(min(CHUNK_BYTES, position - self._at)):
            pass
        return self._at

    def _some(self, size: int) -> bytes:
        try:
            part = self._stream.read(size)
        except _BROKEN as error:
            raise refusals.unreadable(f"{type(error).__name__} at byte {self._at}") from error
        self._at += len(part)
        if self._at > self._limit_bytes:
            raise refusals.too_large(self._limit_bytes)
        return part
