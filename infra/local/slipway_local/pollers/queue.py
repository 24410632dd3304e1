"""Deliver the messages of a queue to one function; failed messages become visible again."""

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Invoke
from slipway_local.pollers.batches import event_of, failed_identifiers
from slipway_local.pollers.retry_while_full import retry_while_full
from slipway_local.template.model import QueueSource

LOOK_EVERY_S = 1.0
"""For messages that become visible again; new ones wake the poller."""


class QueuePoller(threading.Thread):
    """`sqs` is a boto3 client."""

    def __init__(self, source: QueueSource, sqs: Any, invoke: Invoke, activity: Activity) -> None:
        super().__init__(name=f"queue-{source.function}", daemon=True)
        self._source, self._sqs, self._invoke, self._activity = source, sqs, invoke, activity
        self._url = sqs.get_queue_url(QueueName=source.queue.rpartition(":")[2])["QueueUrl"]
        self._changed = threading.Condition()
        self._arrived = 0
        self._stopping = threading.Event()

    def wake(self) -> None:
        """Counts as activity until the poller has polled."""
        self._activity.begin()
        with self._changed:
            self._arrived += 1
            self._changed.notify_all()

    def stop(self) -> None:
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def run(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(self._is_wanted, LOOK_EVERY_S)
                arrived, self._arrived = self._arrived, 0
            self._drain()
            for _ in range(arrived):
                self._activity.end()

    def _is_wanted(self) -> bool:
        return self._arrived > 0 or self._stopping.is_set()

    def _drain(self) -> None:
        while not self._stopping.is_set():
            messages = retry_while_full(self._receive, self._stopping)
            if not messages:
                return
            self._deliver(messages)

    def _receive(self) -> Sequence[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._source.batch_size, 10),
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        received: Sequence[dict[str, Any]] = answer.get("Messages", [])
        return received

    def _deliver(self, messages: Sequence[dict[str, Any]]) -> None:
        records = [_record(message, self._source.queue) for message in messages]
        answer = self._invoke(self._source.function, event_of(records))
        failed = failed_identifiers(answer)
        if failed is None:
            return
        if not self._source.partial_failures:
            failed = set()
        for message in messages:
            if message["MessageId"] not in failed:
                retry_while_full(partial(self._remove, message), self._stopping)

    def _remove(self, message: dict[str, Any]) -> None:
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


def _record(message: dict[str, Any], queue_arn: str) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
            for name, value in attributes.items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
