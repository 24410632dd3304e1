"""Call a target at a fixed rate, first after one whole interval."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slipway_local.pollers.retry_while_full import retry_while_full
from slipway_local.template.model import Rule


class Scheduler(threading.Thread):
    def __init__(self, rule: Rule, every_s: float, deliver: Callable[[str, Any], None]) -> None:
        super().__init__(name=f"schedule-{rule.name}", daemon=True)
        self._rule, self._every_s, self._deliver = rule, every_s, deliver
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.wait(self._every_s):
            for target in self._rule.targets:
                given = json.loads(target.given) if target.given else _event(self._rule.name)
                retry_while_full(partial(self._deliver, target.arn, given), self._stopping)


def _event(rule: str) -> dict[str, Any]:
    return {
        "source": "aws.events",
        "detail-type": "Scheduled Event",
        "time": datetime.now(UTC).isoformat(),
        "resources": [rule],
        "detail": {},
    }
