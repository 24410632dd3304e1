"""Deliver events from rules to their targets, asynchronously to the publisher."""

import json
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Invoke
from slipway_local.pollers.retry_while_full import retry_while_full

TRIES = 3
PAUSE_S = 0.2
Start = Callable[[str, str, str], None]
"""Starts an execution: the machine's ARN, its name, its input."""


class Outbox(Protocol):
    """Stores pending deliveries, which survive a crash of the process."""

    def add(self, arn: str, event: str) -> str:
        """Return the delivery's name."""
        ...

    def pending(self) -> list[tuple[str, str, str]]:
        """Return names, target ARNs and events."""
        ...

    def done(self, name: str) -> None: ...


class UnknownTarget(LookupError):  # noqa: N818  (named after the condition)
    """A rule has a target of a kind that the local system does not support."""


class Deliveries(threading.Thread):
    """Delivers in one thread, so that logs show the deliveries in order."""

    def __init__(
        self,
        invoke: Invoke,
        send: Callable[[str, str], None],
        start: Start,
        outbox: Outbox,
        activity: Activity,
    ) -> None:
        super().__init__(name="deliveries", daemon=True)
        self._invoke, self._send, self._start, self._activity = invoke, send, start, activity
        self._outbox = outbox
        self._waiting: queue.SimpleQueue[tuple[str, str, str] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()

    def deliver(self, arn: str, event: Any) -> None:
        """Raises UnknownTarget. Returns once the event is stored for delivery."""
        if arn.split(":")[2] not in ("lambda", "sqs", "states"):
            raise UnknownTarget(arn)
        text = json.dumps(event)
        self._put(self._outbox.add(arn, text), arn, text)

    def resume(self) -> None:
        """Deliver what an earlier process left pending."""
        for pending in self._outbox.pending():
            self._put(*pending)

    def _put(self, name: str, arn: str, text: str) -> None:
        self._activity.begin()
        self._waiting.put((name, arn, text))

    def stop(self) -> None:
        self._stopping.set()
        self._waiting.put(None)

    def run(self) -> None:
        while (waiting := self._waiting.get()) and not self._stopping.is_set():
            try:
                self._carry(*waiting)
            finally:
                self._activity.end()

    def _carry(self, name: str, arn: str, text: str) -> None:
        """A delivery that the end of the system interrupts stays in the outbox."""
        carry = {"sqs": self._put_in_queue, "states": self._begin, "lambda": self._call}
        if carry[arn.split(":")[2]](name, arn, text):
            retry_while_full(partial(self._outbox.done, name), self._stopping)

    def _put_in_queue(self, _name: str, arn: str, text: str) -> bool:
        retry_while_full(partial(self._send, arn, text), self._stopping)
        return not self._stopping.is_set()

    def _begin(self, name: str, arn: str, text: str) -> bool:
        retry_while_full(partial(self._start, arn, f"event-{name}", text), self._stopping)
        return not self._stopping.is_set()

    def _call(self, _name: str, arn: str, text: str) -> bool:
        """Try an asynchronous call three times, then drop the event, as AWS does.

        Returns False when the system ends before that; the next system continues.
        """
        for _ in range(TRIES):
            if self._invoke(arn, text).error is None:
                return True
            if self._stopping.wait(PAUSE_S):
                return False
        return True
