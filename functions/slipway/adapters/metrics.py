"""Metrics in the log (CloudWatch's embedded metric format): no call, no waiting."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit


class EmbeddedMetrics:
    """Implements `slipway.cqrs.observers.Meter`. Prints one line for each message."""

    def __init__(self, namespace: str, stage: str) -> None:
        self._namespace = namespace
        self._stage = stage

    def __call__(self, name: str, message: str, duration_ms: float) -> None:
        metrics = EphemeralMetrics(namespace=self._namespace, service=self._stage)
        metrics.add_dimension("message", message)
        metrics.add_metric(name, MetricUnit.Count, 1)
        metrics.add_metric("Latency", MetricUnit.Milliseconds, duration_ms)
        metrics.flush_metrics()
