"""Store writes of tables durably before they return, and load partitions on demand.

moto keeps tables in memory, and loses them with the process. Calls have to arrive one at a time:
enter it before `dynamodb_lock`.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.responses import DynamoHandler

from slipway_local.glue.dynamodb_streams import Record
from slipway_local.glue.kept_items import Partitions, changed_keys, write_of
from slipway_local.glue.patching import replaced
from slipway_local.kept.tables import KeptTables, Key, Write

Note = Callable[[str, int], None]
"""Takes a table's name, and the number under which a record of its stream is stored."""
_FAILED = json.dumps(
    {
        "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
        "message": "the state file could not be written",
    }
)


class TableKeeper:
    """Stores changes after each call; those that failed are retried before the next one."""

    def __init__(self, tables: KeptTables, note: Note) -> None:
        self._tables, self._note = tables, note
        self._changed: dict[Key, tuple[Any, Any, Any]] = {}
        self._records: list[tuple[str, Record]] = []

    def note(self, table: str, record: Record) -> None:
        """Readers are notified once the write is stored, not before."""
        self._records.append((table, record))

    def flushed(self) -> bool:
        if not self._changed and not self._records:
            return True
        texts = [(table, json.dumps(record)) for table, record in self._records]
        try:
            numbers = self._tables.save(self._writes(), texts)
        except sqlite3.Error:
            return False
        records, self._records = self._records, []
        self._changed.clear()
        for (table, _), number in zip(records, numbers, strict=True):
            self._note(table, number)
        return True

    def _writes(self) -> list[Write]:
        return [write_of(key, where) for key, where in self._changed.items()]

    def changed(self, handler: Any) -> None:
        self._changed.update(changed_keys(handler))


@contextmanager
def kept_tables(keeper: TableKeeper) -> Iterator[None]:
    original = DynamoHandler.call_action

    def call_action(handler: DynamoHandler) -> Any:
        if not keeper.flushed():
            return 500, {}, _FAILED
        answer = original(handler)
        if answer[0] < HTTPStatus.BAD_REQUEST:
            keeper.changed(handler)
        if not keeper.flushed():
            return 500, {}, _FAILED
        _forget_oldest(handler.dynamodb_backend)
        return answer

    with replaced(DynamoHandler, "call_action", call_action):
        yield


def _forget_oldest(backend: Any) -> None:
    for table in backend.tables.values():
        if isinstance(table.items, Partitions):
            table.items.forget_oldest()


def restore_tables(tables: KeptTables) -> None:
    """Call once the empty tables exist."""
    backends: Any = dynamodb_backends
    for _, _, backend in backends.iter_backends():
        for table in backend.tables.values():
            table.items = Partitions(tables, table)
