"""The pollers that deliver records, messages and events while the system runs."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Invoke
from slipway_local.kept.store import Kept
from slipway_local.pollers.change_log import ChangeLog, Record
from slipway_local.pollers.deliveries import Deliveries
from slipway_local.pollers.queue import QueuePoller
from slipway_local.pollers.schedule import Scheduler
from slipway_local.pollers.stream import StreamPoller
from slipway_local.services import client, sender, starter
from slipway_local.template.model import System

JOIN_S = 10.0
Poller = StreamPoller | QueuePoller | Scheduler | Deliveries


class Pollers:
    """Receives work from the glue, and delivers it while the block of `running` is active."""

    def __init__(self, system: System, invoke: Invoke, activity: Activity, kept: Kept) -> None:
        self._system, self._invoke, self._activity = system, invoke, activity
        self._kept = kept
        sqs = client("sqs")
        self._sqs, self._send = sqs, sender(sqs)
        readers = Counter(source.table for source in system.streams)
        self._logs = {
            table: ChangeLog(count, activity, self._reading(table), kept.tables.taken)
            for table, count in readers.items()
        }
        start = starter(client("stepfunctions"))
        self._deliveries = Deliveries(invoke, self._send, start, kept.deliveries, activity)
        self._queue_pollers: dict[str, QueuePoller] = {}

    def _reading(self, table: str) -> Callable[[int, int], list[Record]]:
        def read(first: int, last: int) -> list[Record]:
            return [json.loads(text) for text in self._kept.tables.records(table, first, last)]

        return read

    def note(self, table: str, number: int) -> None:
        if table in self._logs:
            self._logs[table].note(number)
        else:
            self._kept.tables.taken(number)

    def deliver(self, arn: str, event: Any) -> None:
        self._deliveries.deliver(arn, event)

    def message_arrived(self, queue_arn: str) -> None:
        if queue_arn in self._queue_pollers:
            self._queue_pollers[queue_arn].wake()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Enter once the resources exist and their earlier content has been restored."""
        for number, table in self._kept.tables.pending():
            self.note(table, number)
        self._deliveries.resume()
        self._queue_pollers = {
            source.queue: QueuePoller(source, self._sqs, self._invoke, self._activity)
            for source in self._system.queue_sources
        }
        with ExitStack() as stack:
            for poller in self._pollers():
                poller.start()
                stack.callback(poller.join, JOIN_S)
                stack.callback(poller.stop)
            yield

    def _pollers(self) -> list[Poller]:
        positions: Counter[str] = Counter()
        pollers: list[Poller] = [self._deliveries, *self._queue_pollers.values()]
        for source in self._system.streams:
            log, reader = self._logs[source.table], positions[source.table]
            positions[source.table] += 1
            pollers.append(StreamPoller(source, log, reader, self._invoke, self._send))
        pollers.extend(
            Scheduler(rule, rule.every_s, self.deliver)
            for rule in self._system.rules
            if rule.every_s is not None
        )
        return pollers
