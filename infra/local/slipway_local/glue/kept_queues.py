"""Store messages durably before their send returns, until they are deleted.

moto keeps messages in memory, and loses them with the process.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.sqs.models import Message, Queue, sqs_backends

from slipway_local.glue.patching import replaced
from slipway_local.kept.outbox import KeptMessages

_NUMBER = "slipway_number"
_KEPT = ("id", "body", "message_attributes", "sender_id", "sent_timestamp", "system_attributes")


@contextmanager
def kept_queues(messages: KeptMessages) -> Iterator[None]:
    add, delete = Queue.add_message, Queue.delete_message

    def add_message(queue: Queue, message: Any) -> None:
        if hasattr(message, _NUMBER):  # a dead letter that moves here
            messages.move(message.slipway_number, queue.queue_arn)
        else:
            text = json.dumps({name: getattr(message, name) for name in _KEPT})
            message.slipway_number = messages.add(queue.queue_arn, text)
        add(queue, message)

    def delete_message(queue: Any, receipt_handle: str) -> None:
        before = list(queue._messages)  # noqa: SLF001  (moto has no public hook)
        delete(queue, receipt_handle)
        for message in before:
            if message not in queue._messages:  # noqa: SLF001  (same)
                messages.remove(message.slipway_number)

    with ExitStack() as stack:
        stack.enter_context(replaced(Queue, "add_message", add_message))
        stack.enter_context(replaced(Queue, "delete_message", delete_message))
        yield


def restore_queues(messages: KeptMessages) -> list[str]:
    """Call once the empty queues exist. Returns the ARNs of queues that have messages.

    All messages are visible at once, and their receive counts start at zero.
    """
    backends: Any = sqs_backends
    queues = {
        queue.queue_arn: queue
        for _, _, backend in backends.iter_backends()
        for queue in backend.queues.values()
    }
    filled = {}
    for number, arn, text in messages.all():
        if arn in queues:
            queues[arn]._messages.append(_revived(number, json.loads(text)))  # noqa: SLF001  (moto has no public hook)
            filled[arn] = True
    return list(filled)


def _revived(number: int, kept: dict[str, Any]) -> Any:
    message: Any = Message(kept["id"], kept["body"])
    for name in _KEPT:
        setattr(message, name, kept[name])
    message.slipway_number = number
    return message
