"""A pack that claims more than it may is found out before it is put together."""

import io
import zlib
from collections.abc import Sequence

import pytest

from slipway.adapters.git_pack import check_pack
from slipway.saga.errors import Rejected

BLOB, OFFSET_DELTA, REF_DELTA = 3, 6, 7


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def packed(kind: int, content: bytes, size: int | None = None, base: bytes = b"") -> bytes:
    size = len(content) if size is None else size
    first = kind << 4 | size & 0x0F
    rest = varint(size >> 4) if size > 0x0F else b""
    head = bytes([first | (0x80 if rest else 0)]) + rest
    return head + base + zlib.compress(content)


def pack(*objects: bytes) -> io.BytesIO:
    header = b"PACK" + (2).to_bytes(4, "big") + len(objects).to_bytes(4, "big")
    return io.BytesIO(header + b"".join(objects) + bytes(20))


def delta(target_bytes: int) -> bytes:
    return varint(7) + varint(target_bytes) + b"\x90\x07"


def code(objects: Sequence[bytes], limit: int = 10_000_000) -> str:
    with pytest.raises(Rejected) as refused:
        check_pack(pack(*objects), 1_000_000, limit)
    return refused.value.code


def test_an_honest_pack_passes_and_stands_at_its_end() -> None:
    file = pack(
        packed(BLOB, b"content"),
        packed(OFFSET_DELTA, delta(7), base=b"\x81\x02"),
        packed(REF_DELTA, delta(7), base=bytes(20)),
        packed(BLOB, b"x" * 100_000),
    )
    check_pack(file, 1_000_000, 1_000_000)

    assert file.tell() == len(file.getvalue())


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([packed(BLOB, bytes(1_000_001))], "source_too_large"),
        ([packed(BLOB, b"x", size=8 << 30)], "source_too_large"),
        ([packed(OFFSET_DELTA, delta(8 << 30), base=b"\x01")], "source_too_large"),
        ([packed(BLOB, bytes(900_000))] * 12, "source_too_large"),
        ([packed(BLOB, bytes(500_000), size=10)], "git_unreadable"),
        ([packed(OFFSET_DELTA, b"\xff" * 40, base=b"\x01")], "git_unreadable"),
        ([packed(BLOB, b"x")[:-4]], "git_unreadable"),
    ],
)
def test_a_pack_that_claims_too_much_or_lies_is_refused(
    objects: list[bytes], expected: str
) -> None:
    assert code(objects) == expected


def test_what_is_no_pack_is_refused() -> None:
    with pytest.raises(Rejected):
        check_pack(io.BytesIO(b"<html>"), 1, 1)
