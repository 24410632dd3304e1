"""Metrics in the log, in CloudWatch's embedded metric format: no call of a service, no waiting."""

import json
import time
from collections.abc import Mapping

from slipway.cqrs.metrics import NOTHING_MORE, Measured

_json = json.JSONEncoder(separators=(",", ":")).encode


class EmbeddedMetrics:
    """Implements `slipway.cqrs.metrics.Meter`. Prints one line for each call."""

    def __init__(self, namespace: str, stage: str) -> None:
        self._namespace = namespace
        self._stage = stage

    def __call__(self, *measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
        dimensions = {"Stage": self._stage, **of}
        described = {
            "Namespace": self._namespace,
            "Dimensions": [list(dimensions)],
            "Metrics": [{"Name": each.name, "Unit": each.unit} for each in measured],
        }
        told = {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [described]},
            **dimensions,
            **{each.name: [each.value] for each in measured},
        }
        print(_json(told))  # noqa: T201  (standard output is the log)
