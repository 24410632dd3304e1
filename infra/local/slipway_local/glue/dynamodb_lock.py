"""Serialize DynamoDB calls.

moto keeps tables in plain dictionaries without locks: concurrent writes are lost, and a read
during a write fails with "dictionary changed size during iteration".
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.responses import DynamoHandler

from slipway_local.glue.patching import replaced


@contextmanager
def dynamodb_lock() -> Iterator[None]:
    original = DynamoHandler.call_action
    lock = threading.RLock()

    def call_action(handler: DynamoHandler) -> Any:
        with lock:
            return original(handler)

    with replaced(DynamoHandler, "call_action", call_action):
        yield
