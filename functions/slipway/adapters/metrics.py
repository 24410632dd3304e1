"""Metrics in the log, in CloudWatch's embedded metric format: no call of a service, no waiting."""

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics

from slipway.cqrs.metrics import NOTHING_MORE, Measured


class EmbeddedMetrics:
    """Implements `slipway.cqrs.metrics.Meter`. Prints one line for each call."""

    def __init__(self, namespace: str, stage: str) -> None:
        self._namespace = namespace
        self._stage = stage

    def __call__(self, *measured: Measured, of: Mapping[str, str] = NOTHING_MORE) -> None:
        told = EphemeralMetrics(namespace=self._namespace)
        for name, value in {"Stage": self._stage, **of}.items():
            told.add_dimension(name, value)
        for each in measured:
            told.add_metric(each.name, each.unit, each.value)
        told.flush_metrics()
