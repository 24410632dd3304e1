"""Why a transaction was cancelled: one reason per write, in the order of the writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.store import Conflict, TargetLocked

_BUSY = {"ThrottlingError", "ProvisionedThroughputExceeded"}


class LockMoved(Exception):  # noqa: N818  (named by the condition)
    """Somebody else changed the lock since it was read; nothing else was refused."""


def refusal_of(
    writes: Sequence[Mapping[str, Any]], reasons: Sequence[Mapping[str, Any]]
) -> Exception:
    """The first of the refusals, as the store's callers know them."""
    refused = [
        (write, reason)
        for write, reason in zip(writes, reasons, strict=False)
        if reason.get("Code", "None") != "None"
    ]
    if not refused:
        return Unavailable("write_cancelled", "the write table cancelled a change without a reason")
    return _named(*refused[0])


def _named(write: Mapping[str, Any], reason: Mapping[str, Any]) -> Exception:
    pk = _pk(write)
    code = reason["Code"]
    if code == "ConditionalCheckFailed":
        return _lock_refused(write, reason) if pk.startswith("lock#") else Conflict(pk)
    if code == "TransactionConflict" and pk.startswith("workflow#"):
        return Conflict(pk)
    if code == "TransactionConflict" or code in _BUSY:
        return Unavailable("write_contended", f"the write table is busy at {pk}: {code}")
    return Rejected("record_refused", f"the write table refuses {pk}: {code}")


def _lock_refused(write: Mapping[str, Any], reason: Mapping[str, Any]) -> Exception:
    if "ConditionCheck" in write:
        return TargetLocked(reason.get("Item", {}).get("holder", {}).get("S", "nobody"))
    return LockMoved(write["Put"]["Item"]["pk"]["S"])


def _pk(write: Mapping[str, Any]) -> str:
    item = write["Put"]["Item"] if "Put" in write else write["ConditionCheck"]["Key"]
    return str(item["pk"]["S"])
