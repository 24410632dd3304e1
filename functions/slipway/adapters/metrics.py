"""Metrics in the log, in CloudWatch's embedded metric format: no call of a service, no waiting.

Written here: the library for it takes six times as long for each message, and 70 ms to import.
"""

import json
import sys
import time
from typing import Any

_LATENCY = "Latency"


class EmbeddedMetrics:
    """Implements `slipway.cqrs.observers.Meter`. Prints one line for each message.

    Dimensions are the stage and the type of the message.
    """

    def __init__(self, namespace: str, stage: str) -> None:
        self._namespace = namespace
        self._stage = stage

    def __call__(self, name: str, message: str, duration_ms: float) -> None:
        values = {"stage": self._stage, "message": message, name: 1, _LATENCY: duration_ms}
        line = json.dumps({"_aws": self._described(name), **values})
        sys.stdout.write(f"{line}\n")

    def _described(self, name: str) -> dict[str, Any]:
        """Time in milliseconds since 1970."""
        units = [{"Name": name, "Unit": "Count"}, {"Name": _LATENCY, "Unit": "Milliseconds"}]
        told = {"Namespace": self._namespace, "Dimensions": [["stage", "message"]]}
        return {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [{**told, "Metrics": units}],
        }
