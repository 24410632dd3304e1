"""Check the sizes of a pack's objects before any of them is reconstructed.

A few bytes may expand to gigabytes, by compression or by delta. Every object is inflated in small
chunks, and only its sizes are kept.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from slipway.saga.errors import Rejected

_HEADER_BYTES = 12
_CHUNK_BYTES = 16 * 1024
_OFFSET_DELTA, _REF_DELTA = 6, 7
_SHA1_BYTES = 20
_MORE = 0x80
_VARINT_MAX_BYTES = 10


def check_pack(file: BinaryIO, object_limit_bytes: int, limit_bytes: int) -> None:
    """Raises Rejected("source_too_large") or ("git_unreadable"). Leaves `file` at its end."""
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    if header[:4] != b"PACK":
        raise _broken()
    total = 0
    for _ in range(int.from_bytes(header[8:], "big")):
        size = _object_bytes(file, object_limit_bytes)
        total += size
        if size > object_limit_bytes:
            raise _too_large(f"a file of more than {object_limit_bytes} bytes")
        if total > limit_bytes:
            raise _too_large(f"more than {limit_bytes} bytes in its history")
    file.seek(0, 2)


def _object_bytes(file: BinaryIO, limit_bytes: int) -> int:
    first = _byte(file)
    kind = first >> 4 & 7
    size = first & 0x0F
    if first & _MORE:
        size |= _varint(_byte(file) for _ in range(_VARINT_MAX_BYTES)) << 4
    if kind == _OFFSET_DELTA:
        _varint(_byte(file) for _ in range(_VARINT_MAX_BYTES))
    elif kind == _REF_DELTA:
        file.seek(_SHA1_BYTES, 1)
    if size > limit_bytes:
        return size
    start = _inflate(file, size)
    return max(size, _target_bytes(start)) if kind in {_OFFSET_DELTA, _REF_DELTA} else size


def _inflate(file: BinaryIO, size_bytes: int) -> bytes:
    """Return the first bytes, and leave the file positioned after the compressed data."""
    inflate = zlib.decompressobj()
    start, seen = b"", 0
    pending = b""
    while not inflate.eof:
        pending = pending or file.read(_CHUNK_BYTES)
        if not pending:
            raise _broken()
        try:
            out = inflate.decompress(pending, _CHUNK_BYTES)
        except zlib.error as error:
            raise _broken() from error
        pending = inflate.unconsumed_tail
        start = start or out[: 2 * _VARINT_MAX_BYTES]
        seen += len(out)
        if seen > size_bytes:
            raise _broken()
    file.seek(-len(inflate.unused_data), 1)
    return start


def _target_bytes(delta: bytes) -> int:
    """A delta begins with the size of its base and the size of its result."""
    numbers = iter(delta)
    _varint(numbers)
    return _varint(numbers)


def _varint(numbers: Iterator[int]) -> int:
    value = 0
    for shift, number in enumerate(numbers):
        value |= (number & 0x7F) << 7 * shift
        if not number & _MORE:
            return value
    raise _broken()


def _byte(file: BinaryIO) -> int:
    found = file.read(1)
    if not found:
        raise _broken()
    return found[0]


def _broken() -> Rejected:
    return Rejected(
        "git_unreadable",
        "the Git server sent an invalid pack",
        fix="try `git clone` of the same URL, and upload the source",
    )


def _too_large(what: str) -> Rejected:
    return Rejected(
        "source_too_large",
        f"the repository has {what}",
        fix="upload only the part that the build needs",
    )
