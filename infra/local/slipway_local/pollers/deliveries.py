"""Carries events from rules to their targets, beside the publisher."""

import json
import queue
import threading
import uuid
from collections.abc import Callable
from typing import Any

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Invoke

TRIES = 3
PAUSE_S = 0.2
Start = Callable[[str, str, str], None]
"""Starts an execution: the machine's ARN, its name, its input."""


class UnknownTarget(LookupError):  # noqa: N818  (named by the condition)
    """A rule has a target of a kind that the local system does not have."""


class Deliveries(threading.Thread):
    """One thread per delivery would lose the order that people expect to see in logs."""

    def __init__(
        self, invoke: Invoke, send: Callable[[str, str], None], start: Start, activity: Activity
    ) -> None:
        super().__init__(name="deliveries", daemon=True)
        self._invoke, self._send, self._start, self._activity = invoke, send, start, activity
        self._waiting: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()

    def deliver(self, arn: str, event: Any) -> None:
        """Raises UnknownTarget; returns at once."""
        if arn.split(":")[2] not in ("lambda", "sqs", "states"):
            raise UnknownTarget(arn)
        self._activity.begin()
        self._waiting.put((arn, json.dumps(event)))

    def stop(self) -> None:
        self._stopping.set()
        self._waiting.put(None)

    def run(self) -> None:
        while (waiting := self._waiting.get()) and not self._stopping.is_set():
            try:
                self._carry(*waiting)
            finally:
                self._activity.end()

    def _carry(self, arn: str, text: str) -> None:
        service = arn.split(":")[2]
        if service == "sqs":
            self._send(arn, text)
        elif service == "states":
            self._start(arn, f"event-{uuid.uuid4()}", text)
        else:
            self._call(arn, text)

    def _call(self, arn: str, text: str) -> None:
        """An asynchronous call is tried three times; then AWS drops the event too."""
        for _ in range(TRIES):
            if self._invoke(arn, text).error is None or self._stopping.wait(PAUSE_S):
                return
