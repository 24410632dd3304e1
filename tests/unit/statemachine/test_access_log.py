"""The door keeps a record of every request, also of those that no function ever sees."""

import json
import re
from pathlib import Path
from typing import Any

from slipway_local.template.yaml_loader import load_template

ROOT = Path(__file__).parents[3]
API: dict[str, Any] = load_template(ROOT / "template.yaml")["Resources"]["Api"]["Properties"]
LOGS: dict[str, Any] = load_template(ROOT / "infra/logs.yaml")
WHO_AND_WHAT_CAME_OF_IT = {
    "requestId": "requestId",
    "requestTime": "requestTime",
    "routeKey": "routeKey",
    "status": "status",
    "caller": "identity.userArn",
    "subject": "authorizer.claims.sub",
    "authorizerError": "authorizer.error",
}
SENT_BY_CLIENTS = re.compile(r"path|query|header|requestOverride|userAgent|claims(?!\.sub\b)")


def told() -> dict[str, str]:
    """By the name in the record, the variable of the gateway."""
    line = json.loads(API["AccessLogSettings"]["Format"])
    return {name: value.removeprefix("$context.") for name, value in line.items()}


def test_a_request_is_one_line_of_json_with_who_asked_and_what_came_of_it() -> None:
    assert "\n" not in API["AccessLogSettings"]["Format"]
    assert told().items() >= WHO_AND_WHAT_CAME_OF_IT.items()


def test_nothing_that_could_hold_a_token_is_kept() -> None:
    assert [each for each in told().values() if SENT_BY_CLIENTS.search(each)] == []


def test_the_records_have_a_group_of_their_own_and_go_after_a_month() -> None:
    destination = API["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"]
    output = LOGS["Outputs"][destination[1].removeprefix("Outputs.")]["Value"]

    assert destination[0] == "Logs"
    group = LOGS["Resources"][output["Fn::GetAtt"][0]]
    assert group["Type"] == "AWS::Logs::LogGroup"
    assert group["Properties"]["RetentionInDays"] == 30
    assert (
        group["Properties"]["LogGroupName"]
        != (LOGS["Resources"]["Logs"]["Properties"]["LogGroupName"])
    )
