"""Serve batches of a DynamoDB or Kinesis stream: a failed record blocks its partition alone.

Lambda resumes at the lowest sequence number that is returned, so one number is returned: records
served after it are redelivered, and handlers deduplicate by id.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from slipway.messages.batches.lanes import (
    Decode,
    Entry,
    GiveUp,
    Record,
    ServeLane,
    never,
    records_of,
    unserved,
)
from slipway.messages.cloudevents import from_json
from slipway.messages.errors import InvalidBatch
from slipway.messages.message import Message


def cloudevent(record: Record) -> Message[Any]:
    """Decode a Kinesis record, a CloudEvent in structured mode. Raises InvalidMessage."""
    return from_json(base64.b64decode(record["kinesis"]["data"], validate=True))


def serve_kinesis(
    batch: Mapping[str, Any], serve: ServeLane, decode: Decode = cloudevent
) -> dict[str, Any]:
    """Raises InvalidBatch."""

    def entry(record: Record) -> Entry:
        change = record["kinesis"]
        return Entry(str(change["sequenceNumber"]), str(change["partitionKey"]), record)

    return _from_checkpoint(batch, entry, serve, decode)


def serve_dynamodb(
    batch: Mapping[str, Any],
    serve: ServeLane,
    decode: Decode,
    *,
    partition: str,
    give_up: GiveUp = never,
) -> dict[str, Any]:
    """`partition` is the attribute that is the table's partition key. Raises InvalidBatch.

    A record that keeps failing blocks its whole shard, not only its own lane: `give_up` may
    dead-letter it.
    """

    def entry(record: Record) -> Entry:
        change = record["dynamodb"]
        lane = json.dumps(change["Keys"][partition], sort_keys=True)
        return Entry(str(change["SequenceNumber"]), lane, record)

    return _from_checkpoint(batch, entry, serve, decode, give_up)


def _from_checkpoint(
    batch: Mapping[str, Any],
    entry: Callable[[Record], Entry],
    serve: ServeLane,
    decode: Decode,
    give_up: GiveUp = never,
) -> dict[str, Any]:
    try:
        entries = [entry(record) for record in records_of(batch)]
    except KeyError as error:
        raise InvalidBatch(f"a record has no {error}") from error
    failed = unserved(entries, decode, serve, give_up)
    return {"batchItemFailures": [{"itemIdentifier": receipt} for receipt in failed[:1]]}
