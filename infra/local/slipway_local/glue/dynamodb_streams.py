"""Append each write to the table's change log, from which a poller delivers it.

moto invokes the Lambda inside the writer's call, drops failed records, and keeps every record.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from moto.dynamodb.models.table import StreamRecord, StreamShard

from slipway_local.glue.patching import replaced

Record = dict[str, Any]
Note = Callable[[str, Record], None]
"""Takes the table's name and a record in the shape that a function receives."""


@contextmanager
def dynamodb_streams(note: Note) -> Iterator[None]:
    def add(shard: StreamShard, old: Any, new: Any) -> None:
        shard.starting_sequence_number += 1
        note(shard.table.name, _record(shard, old, new))

    with replaced(StreamShard, "add", add):
        yield


def _record(shard: Any, old: Any, new: Any) -> Record:
    """Copy the record through JSON, because moto modifies its items later."""
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    view = shard.table.stream_specification["StreamViewType"]
    record = StreamRecord(shard.table, view, name, old, new, shard.starting_sequence_number)
    copied: Record = json.loads(json.dumps(record.to_json(), default=_plain))
    copied["awsRegion"] = shard.table.region_name
    copied["eventSourceARN"] = f"{shard.table.table_arn}/stream/{shard.table.latest_stream_label}"
    return copied


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if hasattr(value, "to_json"):
        return value.to_json()
    raise TypeError(f"{type(value).__name__} has no place in a stream record")
