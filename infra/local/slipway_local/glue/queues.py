"""Wake a queue's poller when a message arrives.

Otherwise a poller queries moto many times a second, or messages wait for its next poll.
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
