"""Metrics in the log, in CloudWatch's embedded metric format: no call of a service, no waiting."""

import json
from collections.abc import Mapping

from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from slipway.cqrs.metrics import NOTHING_MORE, Measured

_json = json.JSONEncoder(separators=(",", ":")).encode


class EmbeddedMetrics:
    """Implements `slipway.cqrs.metrics.Meter`. Prints one line for each call.

    Powertools' sets of metrics to be flushed belong to one invocation: here threads share it, so
    only its serializer is used, which keeps nothing.
    """

    def __init__(self, namespace: str, stage: str) -> None:
        self._format = AmazonCloudWatchEMFProvider(namespace=namespace)
        self._stage = stage

    def __call__(self, *measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
        told = self._format.serialize_metric_set(
            metrics={each.name: {"Unit": each.unit, "Value": [each.value]} for each in measured},
            dimensions={"Stage": self._stage, **of},
            metadata={},
        )
        print(_json(told))  # noqa: T201  (standard output is the log)
