"""Redrive what was dead-lettered, once an operator moves it back from the failure queue.

There are three kinds of message: a workflow, session or configuration that a stream function
dead-lettered; a range of the stream whose function failed as a whole; and failed executions whose
event did not reach Rescue.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from recovery.replay import AccountReplayer, Replayer
from recovery.rescue import handler as rescue
from slipway.adapters.failure_queue import subject_in
from slipway.cqrs.dead_letters import Positions, StreamPositions, Subject
from slipway.wiring import (
    account_tables,
    accounts,
    bus,
    executions,
    read_tables,
    store,
    stream_positions,
)

_log = logging.getLogger("slipway.redrive")


@dataclass(frozen=True)
class Redrive:
    replay: Callable[[Subject], object]
    rescue: Callable[[Mapping[str, Any]], object]
    positions: StreamPositions

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """Serve an SQS batch. What fails here again returns to the failure queue in the end."""
        failed = [each["messageId"] for each in batch["Records"] if not self._served(each)]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    def _served(self, record: Mapping[str, Any]) -> bool:
        try:
            self._again(json.loads(record["body"]))
        except Exception:  # noqa: BLE001  (must not stop the other messages)
            _log.exception("redrive_failed", extra={"message_id": record["messageId"]})
            return False
        return True

    def _again(self, message: Mapping[str, Any]) -> None:
        if subject := subject_in(message):
            self.replay(subject)
        elif lost := message.get("DDBStreamBatchInfo"):
            for each in self.positions.subjects(Positions.of(lost)):
                self.replay(each)
        else:
            self.rescue(message.get("requestPayload", message))


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return Redrive(_replay, rescue, stream_positions())(event)


def _replay(subject: Subject) -> None:
    if subject.kind == "workflow":
        Replayer(store(), read_tables().written(), bus(), executions()).replay(subject.name)
    else:
        AccountReplayer(accounts(), account_tables().written(), bus()).replay(subject)
