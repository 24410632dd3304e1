"""A cancelled transaction becomes the one thing that its caller can act upon."""

from typing import Any

import pytest

from slipway.adapters import dynamodb_items as items
from slipway.adapters.dynamodb_refusal import Moved, refusal_of
from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.store import Conflict, TargetLock, TargetLocked

FINE = {"Code": "None"}
FAILED = {"Code": "ConditionalCheckFailed"}
AGGREGATE = {"Put": {"Item": items.key("workflow#wf_1", "WORKFLOW")}}
INBOX = {"Put": {"Item": items.inbox_key("key")}}
LOCK = {"Put": {"Item": items.lock_item(TargetLock(target="shop", holder="wf_1"))}}
FENCE = {"ConditionCheck": {"Key": items.lock_key("shop")}}
HELD = FAILED | {"Item": items.lock_item(TargetLock(target="shop", holder="wf_2"))}


@pytest.mark.parametrize(
    ("writes", "reasons", "expected"),
    [
        ([AGGREGATE, LOCK], [FAILED, FINE], Conflict),
        ([AGGREGATE, LOCK], [FAILED, HELD], Conflict),
        ([AGGREGATE, INBOX, LOCK], [FINE, FAILED, HELD], Conflict),
        ([AGGREGATE, LOCK], [FINE, HELD], Moved),
        ([AGGREGATE, FENCE], [FINE, HELD], TargetLocked),
        ([AGGREGATE, FENCE], [FAILED, HELD], Conflict),
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
    refusal = refusal_of([FENCE], [HELD])

    assert isinstance(refusal, TargetLocked)
    assert refusal.holder == "wf_2"
