"""Why a transaction was cancelled: one reason per write, in the order of the writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.store import Conflict, TargetLocked

_BUSY = {"ThrottlingError", "ProvisionedThroughputExceeded"}


class ForeignLock(Exception):  # noqa: N818  (named by the condition)
    """The lock to be released belongs to another workflow by now; nothing else was refused."""


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
        return _condition_failed(write, pk, reason)
    if code == "TransactionConflict" and pk.startswith("workflow#"):
        return Conflict(pk)
    if code == "TransactionConflict" or code in _BUSY:
        return Unavailable("write_contended", f"the write table is busy at {pk}: {code}")
    return Rejected("record_refused", f"the write table refuses {pk}: {code}")


def _condition_failed(write: Mapping[str, Any], pk: str, reason: Mapping[str, Any]) -> Exception:
    if not pk.startswith("lock#"):
        return Conflict(pk)
    if "Delete" in write:
        return ForeignLock(pk)
    return TargetLocked(reason.get("Item", {}).get("workflow_id", {}).get("S", "unknown"))


def _pk(write: Mapping[str, Any]) -> str:
    item = write["Put"]["Item"] if "Put" in write else write["Delete"]["Key"]
    return str(item["pk"]["S"])
