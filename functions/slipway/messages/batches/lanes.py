"""Serve records in lanes: in order within a lane; a lane that fails blocks no other one."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slipway.messages.acking import Acking
from slipway.messages.errors import HeldBack, InvalidBatch
from slipway.messages.message import Message, blame

Record = Mapping[str, Any]
Decode = Callable[[Record], Message[Any] | None]
"""Returns None for a record of no interest, which counts as served."""
Serve = Callable[[Message[Any]], object]
ServeLane = Callable[[Sequence[Message[Any]]], object]
"""Receives one lane's messages in order. What it leaves unsettled is acked when it returns, and
nacked when it raises; a nacked message stops its lane."""
GiveUp = Callable[[Record, BaseException], bool]
"""Called with a record that failed, and the error. Returns True if the record, and what comes after
it in its lane, was dead-lettered, and must not be redelivered."""
_log = logging.getLogger("slipway.messages")


def never(_record: Record, _error: BaseException) -> bool:
    """Every failed record is redelivered, until the service itself gives up."""
    return False


@dataclass(frozen=True)
class Entry:
    """`receipt` identifies the record in the response."""

    receipt: str
    lane: str
    record: Record


def records_of(batch: Mapping[str, Any]) -> Sequence[Record]:
    try:
        records: Sequence[Record] = list(batch["Records"])
    except (KeyError, TypeError) as error:
        raise InvalidBatch("a batch has a list of Records") from error
    return records


def in_order(serve: Serve) -> ServeLane:
    """Serve one message after the other; after the first failure the others are held back."""

    def serve_lane(messages: Sequence[Message[Any]]) -> None:
        for message in messages:
            try:
                serve(message)
            except Exception as error:  # noqa: BLE001  (reported as a nack)
                blame([message], error)
            if not message.ack():
                return

    return serve_lane


def unserved(
    entries: Sequence[Entry], decode: Decode, serve: ServeLane, give_up: GiveUp = never
) -> list[str]:
    """Receipts of failed and held-back records, in the order of the batch."""
    lanes: dict[str, list[Entry]] = {}
    for entry in entries:
        lanes.setdefault(entry.lane, []).append(entry)
    failed: set[str] = set()
    for lane in lanes.values():
        stopped = _stopped(lane, decode, serve)
        if stopped and not give_up(lane[stopped[0]].record, stopped[1]):
            failed |= {entry.receipt for entry in lane[stopped[0] :]}
    return [entry.receipt for entry in entries if entry.receipt in failed]


def _stopped(
    lane: Sequence[Entry], decode: Decode, serve: ServeLane
) -> tuple[int, BaseException] | None:
    """The index of the first record that was not served, and its error."""
    messages, unreadable = _decoded(lane, decode)
    if messages:
        _settle(list(messages.values()), serve)
    for number, message in messages.items():
        if message.acking.error is not None:
            return number, message.acking.error
    return unreadable


def _decoded(
    lane: Sequence[Entry], decode: Decode
) -> tuple[dict[int, Message[Any]], tuple[int, BaseException] | None]:
    """Messages by their index in the lane, and the first record that cannot be decoded."""
    messages: dict[int, Message[Any]] = {}
    for number, entry in enumerate(lane):
        try:
            message = decode(entry.record)
        except Exception as error:  # noqa: BLE001  (stops its own lane only)
            _log.exception("record_undecodable", extra=_known(entry))
            return messages, (number, error)
        if message:
            messages[number] = message.with_acking(Acking(on_nack=_telling(entry)))
    return messages, None


def _settle(messages: Sequence[Message[Any]], serve: ServeLane) -> None:
    try:
        serve(messages)
    except Exception as error:  # noqa: BLE001  (reported as a nack)
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
