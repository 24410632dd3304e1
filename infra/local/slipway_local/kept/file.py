"""The SQLite file that stores all state; a change is on disk before it returns."""

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from slipway_local.kept.schema import APPLICATION, FORMAT, SCHEMA

NAME = "system.sqlite3"
_BUSY_S = 10.0
_ROOM_BYTES = 256 * 1024
"""The free space that a system needs at least to continue interrupted work."""
_FULL_DISK = {errno.ENOSPC, errno.EDQUOT}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
_FULL_FOR_S = 60.0
_PRIMARY = 0xFF
_ELSEWHERE = "set SLIPWAY_STATE to another folder"
_EMPTIED = (
    "{} is empty: its content was lost. Restore a copy, or move it and its -wal file away "
    "to start with an empty history"
)


class Unusable(Exception):  # noqa: N818  (named after the condition)
    """The file cannot be used; the message names it and a fix."""


class KeptFile:
    """One connection that threads use one at a time. Changes raise sqlite3's own errors."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Raises Unusable. `reading` changes nothing, and does not need the folder's lock."""
        self.path = path
        self._lock = threading.RLock()
        self._was_full_at: float | None = None
        with _unusable_on_error(path):
            if not reading:
                _find_room(path.parent)
            if not path.exists():
                _create(path)
            elif not path.stat().st_size:
                raise Unusable(_EMPTIED.format(path))
            self._connection = _connect(path)
        try:
            with _unusable_on_error(path):
                self._prepare(reading)
        except BaseException:
            self._connection.close()
            raise

    @property
    def full_disk(self) -> Path | None:
        """The file's path, if the disk was full for a change in the last minute."""
        was_at = self._was_full_at
        lately = was_at is not None and time.monotonic() - was_at < _FULL_FOR_S
        return self.path if lately else None

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def change(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Run the block in a transaction.

        Unless `durable`, it survives a crash of the process, but perhaps not of the machine; for
        changes that may be repeated.
        """
        with self._lock:
            if not durable:
                self._connection.execute("PRAGMA synchronous = NORMAL")
            try:
                with self._transaction():
                    yield self._connection
            finally:
                self._connection.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if _code(error) == sqlite3.SQLITE_FULL:
                self._was_full_at = time.monotonic()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _prepare(self, reading: bool) -> None:
        self._check()
        if reading:
            self._connection.execute("PRAGMA query_only = ON")
        else:
            self._connection.execute("PRAGMA incremental_vacuum")

    def _check(self) -> None:
        # Overwrite deleted content, as it may have been a secret.
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        ((application,),) = self.rows("PRAGMA application_id")
        ((version,),) = self.rows("PRAGMA user_version")
        if application != APPLICATION:
            raise Unusable(f"{self.path} is not Slipway's: move it away, or {_ELSEWHERE}")
        if version != FORMAT:
            raise Unusable(
                f"{self.path} has format {version}, this Slipway supports {FORMAT}: "
                f"use the Slipway that wrote it, or {_ELSEWHERE}"
            )
        ((found,),) = self.rows("PRAGMA quick_check(1)")
        if found != "ok":
            raise sqlite3.DatabaseError(found)


def check_room(folder: Path) -> None:
    """Raises Unusable when the folder's disk is full."""
    with _unusable_on_error(folder / NAME):
        _find_room(folder)


def _find_room(folder: Path) -> None:
    with TemporaryFile(dir=folder) as probe:
        probe.write(bytes(_ROOM_BYTES))
        probe.flush()
        os.fsync(probe.fileno())


@contextmanager
def _unusable_on_error(path: Path) -> Iterator[None]:
    """Raise errors as Unusable, with the cause and a fix."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Unusable(_why(path, error)) from error


def _why(path: Path, error: Exception) -> str:
    if _code(error) in _NO_ROOM or getattr(error, "errno", None) in _FULL_DISK:
        return f"{path}: {error}; free some space on its disk, or {_ELSEWHERE}"
    if isinstance(error, OSError | sqlite3.OperationalError):
        return f"{path}: {error}; make it readable, or {_ELSEWHERE}"
    return (
        f"{path} is damaged ({error}): restore a copy, or move it and its -wal "
        "file away to start with an empty history"
    )


def _code(error: BaseException) -> int | None:
    """Return SQLite's primary error code, without its extended details."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def _create(path: Path) -> None:
    """Create under a temporary name and rename: a kill leaves a complete file, or none."""
    new = path.with_name(f"{NAME}.new")
    for left in (new, path.with_name(f"{NAME}.new-journal")):
        left.unlink(missing_ok=True)
    with closing(_connect(new)) as connection:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("BEGIN")
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute("COMMIT")
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _connect(path: Path) -> sqlite3.Connection:
    """Only the user may read the file, as requests contain environment variables."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
