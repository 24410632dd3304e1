"""Stored objects of buckets, in all versions. Bodies are read from the file on demand."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slipway_local.kept.file import KeptFile


@dataclass(frozen=True)
class KeptObject:
    """`modified` is in seconds since 1970. `headers` is JSON text, or None for a delete marker."""

    number: int
    bucket: str
    key: str
    version: str
    modified: float
    etag: str | None
    size_bytes: int | None
    headers: str | None


@dataclass(frozen=True)
class NewObject:
    version: str
    modified: float
    headers: Mapping[str, str] | None = None
    etag: str | None = None
    body: bytes | None = None


class KeptObjects:
    def __init__(self, file: KeptFile) -> None:
        self._file = file

    def save(
        self, bucket: str, key: str, kept: Sequence[int], new: Sequence[NewObject]
    ) -> list[int]:
        """Keep the key's versions numbered `kept`, add `new`, and return the numbers of those."""
        with self._file.change() as file:
            where = "SELECT id FROM objects WHERE bucket = ? AND key = ?"
            gone = {number for (number,) in self._file.rows(where, (bucket, key))} - set(kept)
            file.executemany("DELETE FROM objects WHERE id = ?", [(number,) for number in gone])
            put = """INSERT INTO objects (bucket, key, version, modified, headers, etag, size, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
            return [file.execute(put, _row(bucket, key, one)).lastrowid or 0 for one in new]

    def all(self) -> list[KeptObject]:
        """Return objects without their bodies, the versions of a key from oldest to newest."""
        found = self._file.rows(
            """SELECT id, bucket, key, version, modified, etag, size, headers
            FROM objects ORDER BY bucket, key, id"""
        )
        return [KeptObject(*row) for row in found]

    def expire(self, bucket: str, prefix: str, before_s: float) -> None:
        """Remove objects written before a time, in seconds since 1970."""
        with self._file.change() as file:
            file.execute(
                "DELETE FROM objects WHERE bucket = ? AND substr(key, 1, ?) = ? AND modified < ?",
                (bucket, len(prefix), prefix, before_s),
            )

    def body(self, number: int) -> "Body":
        return Body(self._file, number)


class Body(io.RawIOBase):
    """File-like access to a stored body, as far as moto's S3 needs it."""

    def __init__(self, file: KeptFile, number: int) -> None:
        self._file, self._number = file, number
        self._read: io.BytesIO | None = None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._read = io.BytesIO(self._whole())
        return self._read.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        read, self._read = self._read or io.BytesIO(self._whole()), None
        found = read.read(size)
        if size >= 0 and found:
            self._read = read
        return found

    def _whole(self) -> bytes:
        rows = self._file.rows("SELECT body FROM objects WHERE id = ?", (self._number,))
        return bytes(rows[0][0]) if rows else b""


def _row(bucket: str, key: str, new: NewObject) -> tuple[object, ...]:
    headers = None if new.headers is None else json.dumps(dict(new.headers))
    size = None if new.body is None else len(new.body)
    return bucket, key, new.version, new.modified, headers, new.etag, size, new.body
