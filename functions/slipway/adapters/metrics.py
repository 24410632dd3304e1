"""Log metrics in CloudWatch's embedded metric format, which needs no API call."""

import json
from collections.abc import Mapping

from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from slipway.cqrs.metrics import NOTHING_MORE, Measured

_json = json.JSONEncoder(separators=(",", ":")).encode


class EmbeddedMetrics:
    """Implements `slipway.cqrs.metrics.Meter`. Prints one line per call.

    Powertools collects the metrics of one invocation until they are flushed. Here threads share
    the meter, so only Powertools' stateless serializer is used.
    """

    def __init__(self, namespace: str, stage: str) -> None:
        self._format = AmazonCloudWatchEMFProvider(namespace=namespace)
        self._stage = stage

    def __call__(self, *measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
        document = self._format.serialize_metric_set(
            metrics={each.name: {"Unit": each.unit, "Value": [each.value]} for each in measured},
            dimensions={"Stage": self._stage, **of},
            metadata={},
        )
        print(_json(document))  # noqa: T201  (standard output is the log)
