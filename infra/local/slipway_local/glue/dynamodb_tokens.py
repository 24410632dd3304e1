"""Make transactions idempotent by ClientRequestToken, for ten minutes.

moto ignores the token: a retried transaction is applied twice, or fails its own condition.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.responses import DynamoHandler

from slipway_local.glue.patching import replaced

WINDOW_S = 600.0


class _Mismatch(DynamodbException):
    def __init__(self) -> None:
        super().__init__(
            "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            message="the ClientRequestToken was used with other parameters",
        )


@contextmanager
def dynamodb_tokens() -> Iterator[None]:
    original = DynamoHandler.transact_write_items
    seen: dict[str, tuple[float, bytes]] = {}

    def transact_write_items(handler: DynamoHandler) -> ActionResult:
        token = handler.body.get("ClientRequestToken")
        items = _fingerprint(handler.body["TransactItems"])
        _forget_old(seen)
        if token in seen:
            if seen[token][1] != items:
                raise _Mismatch
            return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
        answer = original(handler)
        if token:
            seen[token] = (time.monotonic(), items)
        return answer

    with replaced(DynamoHandler, "transact_write_items", transact_write_items):
        yield


def _fingerprint(items: Any) -> bytes:
    return sha256(json.dumps(items, sort_keys=True).encode()).digest()


def _forget_old(seen: dict[str, tuple[float, bytes]]) -> None:
    """Entries are ordered by time."""
    horizon = time.monotonic() - WINDOW_S
    while seen and next(iter(seen.values()))[0] < horizon:
        del seen[next(iter(seen))]
