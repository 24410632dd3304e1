"""Stored items of tables, and records of their streams. Keys and items are JSON texts."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from slipway_local.kept.file import KeptFile

Key = tuple[str, str, str]
"""Table, hash key and range key, which is empty if there is none."""


@dataclass(frozen=True)
class Write:
    """`item` is None for a deletion. `indexed` is the value of each index's hash key."""

    key: Key
    item: str | None
    indexed: Mapping[str, str] = field(default_factory=dict)


class KeptTables:
    def __init__(self, file: KeptFile) -> None:
        self._file = file
        self._taken: set[int] = set()

    def save(self, writes: Iterable[Write], records: Sequence[tuple[str, str]]) -> list[int]:
        """Write in one transaction; return a number for each record (a table's name and a text)."""
        numbers = []
        with self._file.change() as file:
            for write in writes:
                file.execute(
                    "DELETE FROM indexed WHERE (table_name, hash, range) = (?, ?, ?)", write.key
                )
                if write.item is None:
                    file.execute(
                        "DELETE FROM items WHERE (table_name, hash, range) = (?, ?, ?)", write.key
                    )
                    continue
                file.execute(
                    "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", (*write.key, write.item)
                )
                rows = [(*write.key, name, value) for name, value in write.indexed.items()]
                file.executemany("INSERT INTO indexed VALUES (?, ?, ?, ?, ?)", rows)
            for record in records:
                added = file.execute(
                    "INSERT INTO changes (table_name, record) VALUES (?, ?)", record
                )
                numbers.append(added.lastrowid or 0)
        return numbers

    def partition(self, table: str, hash_key: str) -> list[tuple[str, str]]:
        """Return range keys and items."""
        where = "SELECT range, item FROM items WHERE table_name = ? AND hash = ?"
        return [(key, item) for key, item in self._file.rows(where, (table, hash_key))]

    def hash_keys(self, table: str) -> list[str]:
        found = self._file.rows("SELECT DISTINCT hash FROM items WHERE table_name = ?", (table,))
        return [key for (key,) in found]

    def by_index(self, table: str, index: str, value: str) -> list[tuple[str, str, str]]:
        """Return hash keys, range keys and items."""
        found = self._file.rows(
            """SELECT hash, range, item FROM indexed JOIN items USING (table_name, hash, range)
            WHERE table_name = ? AND index_name = ? AND value = ?""",
            (table, index, value),
        )
        return [(hash_key, range_key, item) for hash_key, range_key, item in found]

    def expire(self, table: str, attribute: str, now_s: float) -> None:
        """Remove items whose TTL, a number in that attribute, has passed."""
        path = f'$."{attribute}".N'
        with self._file.change() as file:
            file.execute(
                "DELETE FROM items WHERE table_name = ? AND"
                " CAST(json_extract(item, ?) AS REAL) <= ?",
                (table, path, now_s),
            )

    def pending(self) -> list[tuple[int, str]]:
        """Return numbers and table names of records that not every reader has taken."""
        found = self._file.rows("SELECT id, table_name FROM changes ORDER BY id")
        return [(number, table) for number, table in found]

    def records(self, table: str, first: int, last: int) -> list[str]:
        """Return the texts of the records numbered `first` to `last`."""
        where = "SELECT record FROM changes WHERE table_name = ? AND id BETWEEN ? AND ? ORDER BY id"
        return [text for (text,) in self._file.rows(where, (table, first, last))]

    def taken(self, number: int) -> None:
        """Remove a record; retried with the next one, so it may be read twice, never lost."""
        self._taken.add(number)
        gone = list(self._taken)
        with suppress(sqlite3.Error), self._file.change(durable=False) as file:
            file.executemany("DELETE FROM changes WHERE id = ?", [(each,) for each in gone])
            self._taken.difference_update(gone)
