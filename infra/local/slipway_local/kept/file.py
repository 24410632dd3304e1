"""The file that everything is kept in: SQLite, and on the disk before a change is answered."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from slipway_local.kept.schema import APPLICATION, FORMAT, SCHEMA

NAME = "system.sqlite3"
_BUSY_S = 10.0
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
_ELSEWHERE = "set SLIPWAY_STATE to another folder"


class Unusable(Exception):  # noqa: N818  (named by the condition)
    """The file cannot be used; the sentence names it and what to do."""


class KeptFile:
    """One connection for all threads, one at a time. Errors of a change are sqlite3's own."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Raises Unusable. `reading` changes nothing, and needs no lock of the folder."""
        self.path = path
        self._lock = threading.RLock()
        try:
            self._connection = _connect(path)
        except (sqlite3.Error, OSError) as error:
            raise Unusable(f"{path}: {error}; make it readable, or {_ELSEWHERE}") from error
        try:
            self._prepare(reading)
        except BaseException:
            self._connection.close()
            raise

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def change(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing of it.

        Not `durable`: it outlives the process, but perhaps not the machine; for what may be
        repeated.
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
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _prepare(self, reading: bool) -> None:
        try:
            self._check()
            if reading:
                self._connection.execute("PRAGMA query_only = ON")
            else:
                self._connection.execute("PRAGMA incremental_vacuum")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) in _NO_ROOM:
                why = f"{self.path}: {error}; free some space on its disk, or {_ELSEWHERE}"
                raise Unusable(why) from error
            raise Unusable(
                f"{self.path} is damaged ({error}): put back a copy of it, or move it away "
                "together with its -wal and start with no history"
            ) from error

    def _check(self) -> None:
        self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        # What was deleted may have been a secret: its bytes go, too.
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        if not self.rows("SELECT 1 FROM sqlite_schema LIMIT 1"):
            self._create()
        ((application,),) = self.rows("PRAGMA application_id")
        ((version,),) = self.rows("PRAGMA user_version")
        if application != APPLICATION:
            raise Unusable(f"{self.path} is not Slipway's: move it away, or {_ELSEWHERE}")
        if version != FORMAT:
            raise Unusable(
                f"{self.path} has format {version}, this Slipway knows {FORMAT}: "
                f"use the Slipway that wrote it, or {_ELSEWHERE}"
            )
        ((found,),) = self.rows("PRAGMA quick_check(1)")
        if found != "ok":
            raise sqlite3.DatabaseError(found)

    def _create(self) -> None:
        with self.change():
            for statement in SCHEMA:
                self._connection.execute(statement)


def _connect(path: Path) -> sqlite3.Connection:
    """Only the user may read it: requests carry environments."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
