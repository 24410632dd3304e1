"""Translate the cancellation reasons of a transaction to the store's exceptions."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.store import Conflict, SessionNotOpen, TargetLocked

_SESSION = "session#"
_AGGREGATES = ("workflow#", _SESSION, "sessions#", "config#")
BUSY = {"ThrottlingError", "ProvisionedThroughputExceeded"}


class Moved(Exception):  # noqa: N818  (named after the condition)
    """The lock changed since it was read, or the session is in another transaction: retry."""


def refusal_of(
    writes: Sequence[Mapping[str, Any]], reasons: Sequence[Mapping[str, Any]]
) -> Exception:
    """Return the exception for the first refused write; `reasons` are in the writes' order."""
    refused = [
        (write, reason)
        for write, reason in zip(writes, reasons, strict=False)
        if reason.get("Code", "None") != "None"
    ]
    if not refused:
        return Unavailable("write_cancelled", "the write table cancelled a change without a reason")
    return _named(*refused[0])


def _named(write: Mapping[str, Any], reason: Mapping[str, Any]) -> Exception:
    pk, code = _pk(write), reason["Code"]
    within = "ConditionCheck" in write and pk.startswith(_SESSION)
    if code == "ConditionalCheckFailed":
        if within:
            return SessionNotOpen(pk.removeprefix(_SESSION))
        return _lock_refused(write, reason) if pk.startswith("lock#") else Conflict(pk)
    if code == "TransactionConflict" and within:
        return Moved(pk)
    if code == "TransactionConflict" and pk.startswith(_AGGREGATES):
        return Conflict(pk)
    if code == "TransactionConflict" or code in BUSY:
        return Unavailable("write_contended", f"the write table is busy at {pk}: {code}")
    return Rejected("record_refused", f"the write table rejected {pk}: {code}")


def _lock_refused(write: Mapping[str, Any], reason: Mapping[str, Any]) -> Exception:
    if "ConditionCheck" in write:
        return TargetLocked(reason.get("Item", {}).get("holder", {}).get("S", "nobody"))
    return Moved(write["Put"]["Item"]["pk"]["S"])


def _pk(write: Mapping[str, Any]) -> str:
    item = write["Put"]["Item"] if "Put" in write else write["ConditionCheck"]["Key"]
    return str(item["pk"]["S"])
