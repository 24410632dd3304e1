"""Batches of the write table's stream, and the partial failures that they are answered with."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slipway.messages.events import Event

Image = Mapping[str, Any]
ReadEvent = Callable[[Image], Event | None]
"""The event in a record's image; None when the item is another one."""
_log = logging.getLogger("slipway.streams")


@dataclass(frozen=True)
class Heard:
    """An event, and the number by which the stream knows its record."""

    event: Event
    receipt: str


Serve = Callable[[str, list[Heard]], str | None]
"""Takes a subject and its events in order; answers the receipt of the first that failed."""


def each_workflow(batch: Mapping[str, Any], read: ReadEvent, serve: Serve) -> dict[str, Any]:
    """One workflow's failure stops none of the others.

    The service sends the failed record, and all that came after it in the shard, again.
    """
    partitions: dict[str, list[Mapping[str, Any]]] = {}
    for record in batch["Records"]:
        if record["eventName"] == "INSERT":
            pk = record["dynamodb"]["Keys"]["pk"]["S"]
            partitions.setdefault(pk, []).append(record["dynamodb"])
    failed = [_served(records, read, serve) for records in partitions.values()]
    return {"batchItemFailures": [{"itemIdentifier": receipt} for receipt in failed if receipt]}


def _served(records: list[Mapping[str, Any]], read: ReadEvent, serve: Serve) -> str | None:
    try:
        events = [(read(record["NewImage"]), record["SequenceNumber"]) for record in records]
        heard = [Heard(event, receipt) for event, receipt in events if event]
        return serve(heard[0].event.subject, heard) if heard else None
    except Exception:  # noqa: BLE001  (whatever it is: sent again, in the end to the failure queue)
        _log.exception("stream_record_failed", extra={"keys": records[0]["Keys"]})
        return str(records[0]["SequenceNumber"])
