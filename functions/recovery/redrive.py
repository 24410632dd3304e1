"""What was given up on is done again, once an operator moves it back from the failure queue.

Three kinds lie there: a workflow, a session or a configuration that a stream's function has set
aside, positions in the stream whose function could not even answer, and deaths of executions that
Rescue was not told.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from recovery.replay import AccountReplayer, Replayer
from recovery.rescue import handler as rescue
from slipway.adapters.failure_queue import subject_in
from slipway.cqrs.undelivered import Positions, StreamPositions, Subject
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
        """SQS's form. What fails here again goes back to the failure queue in the end."""
        failed = [each["messageId"] for each in batch["Records"] if not self._served(each)]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    def _served(self, record: Mapping[str, Any]) -> bool:
        try:
            self._again(json.loads(record["body"]))
        except Exception:  # noqa: BLE001  (whatever it is: it stops none of the other messages)
            _log.exception("redrive_failed", extra={"message_id": record["messageId"]})
            return False
        return True

    def _again(self, told: Mapping[str, Any]) -> None:
        if subject := subject_in(told):
            self.replay(subject)
        elif lost := told.get("DDBStreamBatchInfo"):
            for each in self.positions.subjects(Positions.of(lost)):
                self.replay(each)
        else:
            self.rescue(told.get("requestPayload", told))


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return Redrive(_replay, rescue, stream_positions())(event)


def _replay(subject: Subject) -> None:
    if subject.kind == "workflow":
        Replayer(store(), read_tables().written(), bus(), executions()).replay(subject.name)
    else:
        AccountReplayer(accounts(), account_tables().written(), bus()).replay(subject)
