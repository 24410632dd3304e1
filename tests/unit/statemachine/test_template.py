"""What the template allows a function to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway_local.template.yaml_loader import load_template
from steps import PLAN

ROOT = Path(__file__).parents[3]
TEMPLATE: dict[str, Any] = load_template(ROOT / "template.yaml")
POLICIES: dict[str, Any] = load_template(ROOT / "infra/permissions.yaml")["Resources"]
FUNCTIONS: dict[str, dict[str, Any]] = {
    name: resource["Properties"]
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
DOORS = {
    name
    for name, function in FUNCTIONS.items()
    if any(event["Type"] == "HttpApi" for event in function.get("Events", {}).values())
}


def permissions(function: str) -> set[str]:
    """The names of its policies in infra/permissions.yaml."""
    return {
        policy["Fn::GetAtt"][1].removeprefix("Outputs.")
        for policy in FUNCTIONS[function]["Policies"]
        if policy.get("Fn::GetAtt", [""])[0] == "Permissions"
    }


def permissions_with_codebuild(function: str) -> set[str]:
    """Those that it has besides, when CodeBuild builds."""
    conditional = [p["Fn::If"][1] for p in FUNCTIONS[function]["Policies"] if "Fn::If" in p]
    return {each["Fn::GetAtt"][1].removeprefix("Outputs.") for each in conditional}


def statements() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, policy in POLICIES.items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            told = statement["Fn::If"][1] if "Fn::If" in statement else statement
            found.append((name, told))
    return found


def actions(statement: dict[str, Any]) -> list[str]:
    named = statement["Action"]
    return [named] if isinstance(named, str) else list(named)


@pytest.mark.parametrize("door", sorted(DOORS))
def test_no_function_behind_the_api_can_stop_an_execution(door: str) -> None:
    assert "Api" in permissions(door)


def test_every_permission_that_a_function_names_is_there() -> None:
    named = {permission for function in FUNCTIONS for permission in permissions(function)}

    assert named <= POLICIES.keys()
    assert POLICIES.keys() <= named


def test_old_versions_of_our_own_bucket_are_no_sources_whichever_buckets_are_named() -> None:
    own = {"Fn::Sub": "${BucketArn}/*"}
    denied = [told for name, told in statements() if name == "Source" and told["Effect"] == "Deny"]

    assert [(actions(told), told["Resource"]) for told in denied] == [
        (["s3:GetObjectVersion"], own)
    ]


def test_no_permission_is_wider_than_it_must_be() -> None:
    wide = {
        (name, action)
        for name, statement in statements()
        for action in actions(statement)
        if statement["Effect"] == "Allow" and ("*" in action or statement["Resource"] == "*")
    }

    assert wide == {("Registry", "ecr:GetAuthorizationToken")}


def test_the_write_table_is_changed_by_transactions_only() -> None:
    writes = [
        statement
        for name, statement in statements()
        if name == "WriteTable" and "dynamodb:PutItem" in actions(statement)
    ]

    assert [list(each["Condition"].values()) for each in writes] == [
        [{"dynamodb:EnclosingOperation": ["TransactWriteItems"]}]
    ]


def test_only_a_rebuild_may_go_through_a_table_from_end_to_end() -> None:
    scanning = {name for name, told in statements() if "dynamodb:Scan" in actions(told)}

    assert scanning == {"Rebuild"}
    assert {name for name in FUNCTIONS if "Rebuild" in permissions(name)} == {"Rebuild"}


def test_what_is_given_up_on_ends_in_one_queue_and_a_redrive_leads_out_of_it() -> None:
    resources = TEMPLATE["Resources"]
    undelivered = {"Fn::GetAtt": ["Undelivered", "Arn"]}
    for name in ("Project", "Relay"):
        stream = FUNCTIONS[name]["Events"]["Writes"]["Properties"]
        assert stream["DestinationConfig"]["OnFailure"]["Destination"] == undelivered
        assert stream["BisectBatchOnFunctionError"]
        assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        given = FUNCTIONS[name]["Environment"]["Variables"]
        assert given["SLIPWAY_UNDELIVERED_URL"] == {"Ref": "Undelivered"}

    back = resources["Redriven"]["Properties"]["RedrivePolicy"]
    assert back["deadLetterTargetArn"] == undelivered
    again = FUNCTIONS["ReplayUndelivered"]["Events"]["Again"]["Properties"]
    assert again["Queue"] == {"Fn::GetAtt": ["Redriven", "Arn"]}


def test_queries_see_the_read_table_and_never_the_write_table() -> None:
    queries = [n for n, f in FUNCTIONS.items() if f["Handler"].startswith("queries.")]

    assert len(queries) > 4
    assert not any("WriteTable" in permissions(query) for query in queries)


def test_only_the_push_and_its_undo_may_change_the_registry() -> None:
    allowed = {name for name in FUNCTIONS if "RegistryContent" in permissions(name)}

    assert allowed == {"PushImageExecute", "PushImageCompensate", "Resume"}
    assert TEMPLATE["Resources"]["Resume"]["Condition"] == "WithCodeBuild"


def test_with_codebuild_only_the_build_and_its_undo_start_builds_and_delete_what_they_staged() -> (
    None
):
    staging = {n for n in FUNCTIONS if "RegistryContent" in permissions_with_codebuild(n)}
    building = {n for n in FUNCTIONS if "Builds" in permissions_with_codebuild(n)}

    assert staging == {"BuildImageExecute", "BuildImageCompensate"}
    assert building == staging | {"Settle"}


def test_only_who_ends_a_step_that_waits_may_tell_its_task() -> None:
    telling = {name for name in FUNCTIONS if "Tasks" in permissions(name)}

    assert telling == {"BuildImageExecute", "Resume"}


def test_an_undo_reads_no_source() -> None:
    readers = {name for name in FUNCTIONS if "Source" in permissions(name)}

    assert readers == {"AnalyzeRepositoryExecute", "Plan"}


def test_every_step_runs_under_an_alias_with_the_time_limit_of_the_plan() -> None:
    told = {
        (name, FUNCTIONS[name]["AutoPublishAlias"], FUNCTIONS[name]["Timeout"])
        for step in PLAN
        for name in (f"{step.title}Execute", f"{step.title}Compensate")
    }

    forward = {(f"{s.title}Execute", "live", s.timeout_s) for s in PLAN}
    assert told == forward | {(f"{s.title}Compensate", "live", s.undo_timeout_s) for s in PLAN}


def test_both_streams_are_told_of_new_events_only() -> None:
    patterns = [
        json.loads(each["Pattern"])
        for name in ("Project", "Relay")
        for each in FUNCTIONS[name]["Events"]["Writes"]["Properties"]["FilterCriteria"]["Filters"]
    ]

    assert [pattern["eventName"] for pattern in patterns] == [["INSERT"], ["INSERT"]]
    assert [p["dynamodb"]["Keys"]["sk"]["S"] for p in patterns] == [[{"prefix": "EVENT#"}]] * 2
