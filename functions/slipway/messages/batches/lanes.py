"""Records in lanes: in order within a lane, and a lane that fails stops no other one."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slipway.messages.acking import Acking
from slipway.messages.errors import HeldBack, InvalidBatch
from slipway.messages.message import Message, blame

Record = Mapping[str, Any]
Decode = Callable[[Record], Message[Any] | None]
"""None for a record that is of no interest: it counts as served."""
Serve = Callable[[Message[Any]], object]
ServeLane = Callable[[Sequence[Message[Any]]], object]
"""Is given one lane's messages in order. What it leaves unsettled is acked when it returns, and
nacked when it raises; a nacked one stops its lane."""
_log = logging.getLogger("slipway.messages")


@dataclass(frozen=True)
class Entry:
    """`receipt` is what the answer calls the record."""

    receipt: str
    lane: str
    record: Record


def records_of(batch: Mapping[str, Any]) -> Sequence[Record]:
    try:
        records: Sequence[Record] = batch["Records"]
    except KeyError as error:
        raise InvalidBatch("a batch has Records") from error
    return records


def in_order(serve: Serve) -> ServeLane:
    """One after the other; after the first that fails the others are held back."""

    def serve_lane(messages: Sequence[Message[Any]]) -> None:
        for message in messages:
            try:
                serve(message)
            except Exception as error:  # noqa: BLE001  (it goes on, as a nack)
                blame([message], error)
            if not message.ack():
                return

    return serve_lane


def unserved(entries: Sequence[Entry], decode: Decode, serve: ServeLane) -> list[str]:
    """Receipts of what failed or was held back, in the order of the batch."""
    lanes: dict[str, list[Entry]] = {}
    for entry in entries:
        lanes.setdefault(entry.lane, []).append(entry)
    failed = {receipt for lane in lanes.values() for receipt in _failed(lane, decode, serve)}
    return [entry.receipt for entry in entries if entry.receipt in failed]


def _failed(lane: Sequence[Entry], decode: Decode, serve: ServeLane) -> list[str]:
    """From the first that was not served on."""
    messages, readable = _decoded(lane, decode)
    if messages:
        _settle(list(messages.values()), serve)
    served = next(
        (number for number, each in messages.items() if each.acking.error is not None), readable
    )
    return [entry.receipt for entry in lane[served:]]


def _decoded(lane: Sequence[Entry], decode: Decode) -> tuple[dict[int, Message[Any]], int]:
    """Messages by their place in the lane, and how many records could be read."""
    messages: dict[int, Message[Any]] = {}
    for number, entry in enumerate(lane):
        try:
            message = decode(entry.record)
        except Exception:  # noqa: BLE001  (whatever it is: sent again, in the end to the failure queue)
            _log.exception("record_undecodable", extra=_known(entry))
            return messages, number
        if message:
            messages[number] = message.with_acking(Acking(on_nack=_telling(entry)))
    return messages, len(lane)


def _settle(messages: Sequence[Message[Any]], serve: ServeLane) -> None:
    try:
        serve(messages)
    except Exception as error:  # noqa: BLE001  (it goes on, as a nack)
        blame(messages, error)
    rest = iter(messages)
    for message in rest:
        if not message.ack():
            break
    for message in rest:
        message.nack(HeldBack("one before it in its lane has failed"))


def _telling(entry: Entry) -> Callable[[BaseException], None]:
    def tell(error: BaseException) -> None:
        if not isinstance(error, HeldBack):
            _log.error("record_failed", extra=_known(entry), exc_info=error)

    return tell


def _known(entry: Entry) -> dict[str, str]:
    return {"receipt": entry.receipt, "lane": entry.lane}
