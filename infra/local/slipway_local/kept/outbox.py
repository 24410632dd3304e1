"""Stored deliveries of events to their targets, and messages in queues."""

import uuid

from slipway_local.kept.file import KeptFile


class KeptDeliveries:
    def __init__(self, file: KeptFile) -> None:
        self._file = file

    def add(self, arn: str, event: str) -> str:
        """Return the delivery's name, which stays the same on every attempt."""
        name = str(uuid.uuid4())
        with self._file.change() as file:
            file.execute("INSERT INTO deliveries VALUES (?, ?, ?)", (name, arn, event))
        return name

    def pending(self) -> list[tuple[str, str, str]]:
        """Return names, target ARNs and events, in the order in which they were added."""
        found = self._file.rows("SELECT id, arn, event FROM deliveries ORDER BY rowid")
        return [(name, arn, event) for name, arn, event in found]

    def done(self, name: str) -> None:
        with self._file.change(durable=False) as file:
            file.execute("DELETE FROM deliveries WHERE id = ?", (name,))


class KeptMessages:
    """Messages are JSON texts."""

    def __init__(self, file: KeptFile) -> None:
        self._file = file

    def add(self, queue: str, message: str) -> int:
        with self._file.change() as file:
            put = "INSERT INTO messages (queue, message) VALUES (?, ?)"
            return file.execute(put, (queue, message)).lastrowid or 0

    def move(self, number: int, queue: str) -> None:
        with self._file.change() as file:
            file.execute("UPDATE messages SET queue = ? WHERE id = ?", (queue, number))

    def remove(self, number: int) -> None:
        with self._file.change() as file:
            file.execute("DELETE FROM messages WHERE id = ?", (number,))

    def all(self) -> list[tuple[int, str, str]]:
        found = self._file.rows("SELECT id, queue, message FROM messages ORDER BY id")
        return [(number, queue, message) for number, queue, message in found]
