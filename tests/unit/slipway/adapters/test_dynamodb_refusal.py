"""A cancelled transaction becomes the one thing that its caller can act upon."""

from typing import Any

import pytest

from slipway.adapters import dynamodb_items as items
from slipway.adapters.dynamodb_refusal import ForeignLock, refusal_of
from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.store import Conflict, TargetLocked

FINE = {"Code": "None"}
FAILED = {"Code": "ConditionalCheckFailed"}
AGGREGATE = {"Put": {"Item": items.key("workflow#wf_1", "WORKFLOW")}}
INBOX = {"Put": {"Item": items.inbox_key("key")}}
LOCK = {"Put": {"Item": items.lock_item("shop", "wf_1")}}
RELEASE = {"Delete": {"Key": items.lock_key("shop")}}
HELD = FAILED | {"Item": items.lock_item("shop", "wf_2")}


@pytest.mark.parametrize(
    ("writes", "reasons", "expected"),
    [
        ([AGGREGATE, LOCK], [FAILED, FINE], Conflict),
        ([AGGREGATE, LOCK], [FAILED, HELD], Conflict),
        ([AGGREGATE, INBOX, LOCK], [FINE, FAILED, HELD], Conflict),
        ([AGGREGATE, LOCK], [FINE, HELD], TargetLocked),
        ([AGGREGATE, RELEASE], [FINE, HELD], ForeignLock),
        ([AGGREGATE, RELEASE], [FAILED, HELD], Conflict),
        ([AGGREGATE], [{"Code": "TransactionConflict"}], Conflict),
        ([AGGREGATE, LOCK], [FINE, {"Code": "TransactionConflict"}], Unavailable),
        ([AGGREGATE], [{"Code": "ThrottlingError"}], Unavailable),
        ([AGGREGATE], [{"Code": "ProvisionedThroughputExceeded"}], Unavailable),
        ([AGGREGATE], [{"Code": "ValidationError"}], Rejected),
        ([AGGREGATE], [FINE], Unavailable),
        ([AGGREGATE], [], Unavailable),
    ],
)
def test_the_first_refusal_decides(
    writes: list[dict[str, Any]], reasons: list[dict[str, Any]], expected: type[Exception]
) -> None:
    assert type(refusal_of(writes, reasons)) is expected


def test_who_holds_the_target_is_told() -> None:
    refusal = refusal_of([LOCK], [HELD])

    assert isinstance(refusal, TargetLocked)
    assert refusal.holder == "wf_2"
