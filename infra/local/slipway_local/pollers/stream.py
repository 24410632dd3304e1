"""Deliver a table's changes to one function: in order, in batches, with retries."""

import json
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from slipway_local.functions.invocation import Answer, Invoke
from slipway_local.pollers.batches import event_of, failed_identifiers
from slipway_local.pollers.change_log import ChangeLog, Record
from slipway_local.pollers.patterns import matches_any
from slipway_local.pollers.retry_while_full import FIRST_PAUSE_S, LONGEST_PAUSE_S, retry_while_full
from slipway_local.template.model import StreamSource

Send = Callable[[str, str], None]
"""Sends a text to the queue with this ARN."""


class StreamPoller(threading.Thread):
    def __init__(
        self, source: StreamSource, log: ChangeLog, reader: int, invoke: Invoke, send: Send
    ) -> None:
        super().__init__(name=f"stream-{source.table}-{source.function}", daemon=True)
        self._source, self._log, self._reader = source, log, reader
        self._invoke, self._send = invoke, send
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self._log.close()

    def run(self) -> None:
        at_most, tries = self._source.batch_size, 0
        while records := self._next(at_most):
            done, answer = self._deliver(records)
            if not done and self._source.bisect and len(records) > 1:
                at_most = len(records) // 2
                continue
            tries = 0 if done else tries + 1
            if self._exhausted(tries):
                self._give_up(records, answer)
                done, tries = len(records), 0
            at_most = self._source.batch_size if done else at_most
            self._log.taken(self._reader, done)
            if tries:
                self._stopping.wait(min(FIRST_PAUSE_S * 2**tries, LONGEST_PAUSE_S))

    def _next(self, at_most: int) -> Sequence[Record]:
        """Return no records when the log is closed, or the system stops."""
        read = partial(self._log.wait_for_records, self._reader, at_most)
        return retry_while_full(read, self._stopping) or ()

    def _exhausted(self, tries: int) -> bool:
        return self._source.retries is not None and tries > self._source.retries

    def _deliver(self, records: Sequence[Record]) -> tuple[int, Answer]:
        """Return how many of the first records are done, and the function's result."""
        wanted = [record for record in records if matches_any(record, self._source.filters)]
        if not wanted:
            return len(records), Answer(None)
        answer = self._invoke(self._source.function, event_of(wanted))
        failed = failed_identifiers(answer)
        if failed is None or (failed and not self._source.partial_failures):
            return (0 if failed is None else len(records)), answer
        return _until_first(records, failed), answer

    def _give_up(self, records: Sequence[Record], answer: Answer) -> None:
        """Send the positions of the records to the failure queue, not their content, as on AWS."""
        if self._source.on_failure:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
            report: dict[str, Any] = {
                "requestContext": {"functionArn": self._source.function},
                "responseContext": {"functionError": answer.error},
                "DDBStreamBatchInfo": {
                    "batchSize": len(records),
                    "startSequenceNumber": numbers[0],
                    "endSequenceNumber": numbers[-1],
                    "streamArn": records[0]["eventSourceARN"],
                },
            }
            send = partial(self._send, self._source.on_failure, json.dumps(report))
            retry_while_full(send, self._stopping)


def _until_first(records: Sequence[Record], failed: set[str]) -> int:
    for number, record in enumerate(records):
        if record["dynamodb"]["SequenceNumber"] in failed:
            return number
    return len(records)
