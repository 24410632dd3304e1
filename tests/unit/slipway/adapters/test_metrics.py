"""A measurement is one line of the log that CloudWatch makes a metric of."""

import json

import pytest

from slipway.adapters.metrics import EmbeddedMetrics
from slipway.cqrs.metrics import Measured


def test_a_line_names_the_metric_its_unit_and_the_stage(capsys: pytest.CaptureFixture[str]) -> None:
    EmbeddedMetrics("Slipway", "prod")(Measured("ProjectionLagMs", 120, "Milliseconds"))

    told = json.loads(capsys.readouterr().out)
    assert (told["Stage"], told["ProjectionLagMs"]) == ("prod", [120])
    assert told["_aws"].pop("Timestamp") > 1_700_000_000_000
    assert told["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "Slipway",
            "Dimensions": [["Stage"]],
            "Metrics": [{"Name": "ProjectionLagMs", "Unit": "Milliseconds"}],
        }
    ]
