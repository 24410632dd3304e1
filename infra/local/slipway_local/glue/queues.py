"""A message that arrives in a queue wakes the queue's poller.

Without it a poller asks moto many times a second, or messages wait for its next turn.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.sqs.models import Queue

from slipway_local.glue.patching import replaced


@contextmanager
def queues(arrived: Callable[[str], None]) -> Iterator[None]:
    original = Queue.add_message

    def add_message(queue: Queue, message: Any) -> None:
        original(queue, message)
        arrived(queue.queue_arn)

    with replaced(Queue, "add_message", add_message):
        yield
