"""Batches of the write table's stream, and the partial failures that they are answered with."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slipway.cqrs.undelivered import Aside
from slipway.cqrs.views import Outdated
from slipway.messages.events import Event
from slipway.saga.errors import StepError
from slipway.saga.store import Conflict

Image = Mapping[str, Any]
ReadEvent = Callable[[Image], Event | None]
"""The event in a record's image; None when the item is another one."""
_MAY_WORK_LATER = (StepError, Outdated, Conflict)
"""What a service, or another writer, is the cause of. The rest is in the events, or in our code."""
_log = logging.getLogger("slipway.streams")


@dataclass(frozen=True)
class Heard:
    """An event, and the number by which the stream knows its record."""

    event: Event
    receipt: str


Serve = Callable[[str, list[Heard]], str | None]
"""Takes a workflow's id and its events in order; answers the receipt of the first that failed."""


def each_workflow(
    batch: Mapping[str, Any], read: ReadEvent, serve: Serve, aside: Aside | None = None
) -> dict[str, Any]:
    """One workflow's failure stops none of the others.

    The service sends the failed record, and all that came after it in the shard, again. Where that
    cannot help it would hold up every other workflow of the shard: such a one is set `aside`.
    """
    partitions: dict[str, list[Mapping[str, Any]]] = {}
    for record in batch["Records"]:
        if record["eventName"] == "INSERT":
            pk = record["dynamodb"]["Keys"]["pk"]["S"]
            partitions.setdefault(pk, []).append(record["dynamodb"])
    failed = [_served(records, read, serve, aside) for records in partitions.values()]
    return {"batchItemFailures": [{"itemIdentifier": receipt} for receipt in failed if receipt]}


def _served(
    records: list[Mapping[str, Any]], read: ReadEvent, serve: Serve, aside: Aside | None
) -> str | None:
    try:
        events = [(read(record["NewImage"]), record["SequenceNumber"]) for record in records]
        heard = [Heard(event, receipt) for event, receipt in events if event]
        return serve(heard[0].event.workflow_id, heard) if heard else None
    except Exception as error:  # noqa: BLE001  (whatever it is: it stops no other workflow)
        keys, again = records[0]["Keys"], isinstance(error, _MAY_WORK_LATER)
        _log.exception("stream_record_failed", extra={"keys": keys, "again": again})
        if not again and _set_aside(keys["pk"]["S"], error, aside):
            return None
        return str(records[0]["SequenceNumber"])


def _set_aside(partition: str, error: Exception, aside: Aside | None) -> bool:
    if aside is None:
        return False
    try:
        aside(partition, error)
    except StepError:
        _log.exception("not_set_aside")
        return False
    _log.error("workflow_set_aside", extra={"partition": partition})
    return True
