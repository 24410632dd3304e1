"""A state folder with many workflows: one that was really rehearsed, and copies of what it left."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slipway.containerize.archive import pack
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.engines.probe import Rehearsal
from slipway_local.kept.file import NAME
from slipway_local.system import LocalSystem, Options

STATIC = Path(__file__).parents[1] / "apps" / "static"
IN_MEMORY = Rehearsal(("engine", "registry", "cluster"), ("the bench asks for nothing real",))
_OBJECT = "bucket, key, version, modified, headers, etag, size, body"
_COPIED = {"items": "*", "indexed": "*", "executions": "*", "objects": _OBJECT}


def fill(state: Path, workflows: int) -> None:
    with LocalSystem(Settings(state=str(state)), Options(rehearsal=IN_MEMORY)) as system:
        workflow_id = _rehearse(system)
        system.wait_idle()
    with closing(sqlite3.connect(state / NAME)) as file, file:
        for table, columns in _COPIED.items():
            rows = file.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608  (names of ours)
            places = ", ".join("?" * len(rows[0]))
            into = table if columns == "*" else f"{table} ({columns})"
            file.executemany(
                f"INSERT OR IGNORE INTO {into} VALUES ({places})",  # noqa: S608  (same)
                _copies(rows, workflow_id, workflows - 1),
            )


def _rehearse(system: LocalSystem) -> str:
    with closing(Client(system.url, system.token)) as client, TemporaryDirectory() as place:
        archive = Path(place, "source.tar.gz")
        upload = client.post("/uploads", {"size_bytes": pack(STATIC, archive).archive_bytes})
        client.upload(upload, archive)
        app = {"name": "shop", "namespace": "shop"}
        asked = {"source": {"upload_id": upload["upload_id"]}, "app": app}
        return str(client.post("/workflows", asked)["workflow_id"])


def _copies(rows: Sequence[Sequence[Any]], known: str, count: int) -> Iterator[list[Any]]:
    """Only what names the workflow: locks and remembered commands are one for all."""
    for number in range(count):
        other = f"{known[:-4]}{number:04d}"
        for row in rows:
            copy = [each.replace(known, other) if isinstance(each, str) else each for each in row]
            if copy != list(row):
                yield copy
