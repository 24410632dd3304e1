"""Serve SQS batches: only failed messages are redelivered; in FIFO queues also those behind."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slipway.messages.batches.lanes import (
    Decode,
    Entry,
    Record,
    ServeLane,
    records_of,
    unserved,
)
from slipway.messages.cloudevents import from_json
from slipway.messages.errors import InvalidBatch
from slipway.messages.message import Message


def cloudevent(record: Record) -> Message[Any]:
    """Decode a body that is a CloudEvent in structured mode. Raises InvalidMessage."""
    return from_json(record["body"])


def serve_sqs(
    batch: Mapping[str, Any], serve: ServeLane, decode: Decode = cloudevent
) -> dict[str, Any]:
    """In a FIFO queue no message of a group is served after one that failed.

    `delivery_count` is the queue's receive count. Raises InvalidBatch.
    """

    def counted(record: Record) -> Message[Any] | None:
        message = decode(record)
        if message is None:
            return None
        times = int(record["attributes"]["ApproximateReceiveCount"])
        return replace(message, attributes=replace(message.attributes, delivery_count=times))

    entries = [_entry(record) for record in records_of(batch)]
    failed = unserved(entries, counted, serve)
    return {"batchItemFailures": [{"itemIdentifier": receipt} for receipt in failed]}


def _entry(record: Record) -> Entry:
    try:
        message_id = str(record["messageId"])
        # A standard queue may have groups too, for fairness: they imply no order.
        fifo = str(record["eventSourceARN"]).endswith(".fifo")
        lane = str(record["attributes"]["MessageGroupId"]) if fifo else message_id
    except KeyError as error:
        raise InvalidBatch(f"a record has no {error}") from error
    return Entry(message_id, lane, record)
