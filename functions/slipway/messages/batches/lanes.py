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
GiveUp = Callable[[Record, BaseException], bool]
"""Is asked about a record that failed, and the error. True: it, and what comes after it in its
lane, was put where it will be found, and must not come again."""
_log = logging.getLogger("slipway.messages")


def never(_record: Record, _error: BaseException) -> bool:
    """Everything that failed comes again, until the service itself gives it up."""
    return False


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


def unserved(
    entries: Sequence[Entry], decode: Decode, serve: ServeLane, give_up: GiveUp = never
) -> list[str]:
    """Receipts of what failed or was held back, in the order of the batch."""
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
    """The place of the first that was not served, and why."""
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
    """Messages by their place in the lane, and the first record that cannot be read."""
    messages: dict[int, Message[Any]] = {}
    for number, entry in enumerate(lane):
        try:
            message = decode(entry.record)
        except Exception as error:  # noqa: BLE001  (whatever it is: it stops its own lane)
            _log.exception("record_undecodable", extra=_known(entry))
            return messages, (number, error)
        if message:
            messages[number] = message.with_acking(Acking(on_nack=_telling(entry)))
    return messages, None


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
