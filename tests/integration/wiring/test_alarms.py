"""An alarm looks where the functions write."""

import json

import pytest
from tests.integration.wiring.deployed import PARAMETERS, ROOT, deployed

from slipway import wiring
from slipway.cqrs.metrics import Measured
from slipway.settings import Settings
from slipway_local.template.intrinsics import INTRINSICS
from slipway_local.template.stack import Stack


@pytest.mark.parametrize("namespace", ["Slipway", "Harbour"])
def test_the_alarm_on_the_lag_watches_the_metric_that_the_projection_writes(
    namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project,) = (each for each in deployed(MetricsNamespace=namespace) if each.name == "Project")
    with wiring.use(settings=Settings.read(project.environment)):
        wiring.meter()(Measured("ProjectionLagMs", 120, "Milliseconds"))
    line = json.loads(capsys.readouterr().out)
    (told,) = line["_aws"]["CloudWatchMetrics"]

    parameters = {**PARAMETERS, "MetricsNamespace": namespace}
    alarms = Stack(ROOT / "template.yaml", parameters, INTRINSICS).nested["Alarms"]
    watched = alarms.resolve(alarms.resources["LateProjection"]["Properties"])
    assert told["Namespace"] == watched["Namespace"] == namespace
    assert told["Metrics"][0]["Name"] == watched["MetricName"]
    (dimensions,) = told["Dimensions"]
    assert {name: line[name] for name in dimensions} == {
        each["Name"]: each["Value"] for each in watched["Dimensions"]
    }


@pytest.mark.parametrize(("asked", "lines"), [("false", 0), ("true", 1)])
def test_commands_and_queries_are_counted_only_where_the_stack_asks_for_it(
    asked: str, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (cancel,) = (each for each in deployed(CountMessages=asked) if each.name == "Cancel")
    with wiring.use(settings=Settings.read(cancel.environment)):
        wiring.message_meter()(Measured("CommandAccepted", 1, "Count"))

    assert len(capsys.readouterr().out.splitlines()) == lines
