"""Intrinsic functions mean locally what they mean on AWS."""

from pathlib import Path
from typing import Any

import pytest

from slipway_local.template.errors import TemplateError
from slipway_local.template.events import rate_s
from slipway_local.template.intrinsics import INTRINSICS
from slipway_local.template.reading import read_system
from slipway_local.template.stack import Stack

TEMPLATE = """
Parameters:
  Stage: {Type: String}
  Size: {Type: String, Default: "3"}
Conditions:
  Local: !Equals [!Ref Stage, local]
  Remote: !Not [!Condition Local]
  Both: !And [!Condition Local, !Condition Remote]
Globals:
  Function: {AutoPublishAlias: live}
Resources:
  Step: {Type: "AWS::Serverless::Function", Properties: {Handler: a.b}}
  Machine: {Type: "AWS::Serverless::StateMachine", Properties: {Name: !Sub "m-${Stage}"}}
  Inbox: {Type: "AWS::SQS::Queue"}
  Bucket: {Type: "AWS::S3::Bucket"}
  Elsewhere: {Type: "AWS::SQS::Queue", Condition: Remote}
"""


@pytest.fixture
def stack(tmp_path: Path) -> Any:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return Stack(path, {"Stage": "local", "Unknown": "x"}, INTRINSICS)


PREFIX = "arn:aws:lambda:eu-central-1:123456789012:function:Step"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"Ref": "Stage"}, "local"),
        ({"Ref": "Size"}, "3"),
        ({"Ref": "AWS::Region"}, "eu-central-1"),
        ({"Ref": "Step"}, "Step"),
        ({"Ref": "Step.Alias"}, f"{PREFIX}:live"),
        ({"Ref": "StepAliaslive"}, f"{PREFIX}:live"),
        ({"Fn::GetAtt": ["Step", "Arn"]}, PREFIX),
        ({"Fn::Sub": "${Step.Arn}:live"}, f"{PREFIX}:live"),
        ({"Fn::Sub": "${Step.Alias}"}, f"{PREFIX}:live"),
        ({"Fn::Sub": ["${a}-${Stage}-${!kept}", {"a": "x"}]}, "x-local-${kept}"),
        ({"Ref": "Machine"}, "arn:aws:states:eu-central-1:123456789012:stateMachine:m-local"),
        ({"Fn::GetAtt": ["Machine", "Name"]}, "m-local"),
        ({"Ref": "Inbox"}, "https://sqs.eu-central-1.amazonaws.com/123456789012/Inbox"),
        ({"Fn::GetAtt": ["Inbox", "Arn"]}, "arn:aws:sqs:eu-central-1:123456789012:Inbox"),
        ({"Ref": "Bucket"}, "slipway-bucket"),
        ({"Fn::Join": ["/", ["a", {"Ref": "Stage"}]]}, "a/local"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", "a-b"]}]}, "b"),
        ({"Fn::If": ["Local", "here", "there"]}, "here"),
        ({"Fn::If": ["Both", "here", "there"]}, "there"),
        ({"a": {"Fn::If": ["Remote", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}, {"b": 2}),
    ],
)
def test_an_intrinsic_function_has_its_value(stack: Stack, written: Any, meant: Any) -> None:
    assert stack.resolve(written) == meant


def test_a_resource_whose_condition_does_not_hold_is_not_there(stack: Stack) -> None:
    assert "Elsewhere" not in stack.resources


def test_a_reference_to_nothing_names_it(stack: Stack) -> None:
    with pytest.raises(TemplateError, match="Nothing is referred to"):
        stack.resolve({"Ref": "Nothing"})


def test_a_value_of_another_stack_is_refused(stack: Stack) -> None:
    with pytest.raises(TemplateError, match="ImportValue"):
        stack.resolve({"Fn::ImportValue": "x"})


@pytest.mark.parametrize(
    ("expression", "seconds"), [("rate(1 minute)", 60), ("rate(2 hours)", 7200)]
)
def test_a_rate_is_read(expression: Any, seconds: Any) -> None:
    assert rate_s(expression) == seconds


def test_a_schedule_of_another_kind_is_refused() -> None:
    with pytest.raises(TemplateError, match="cron"):
        rate_s("cron(0 3 * * ? *)")


def test_an_event_of_an_unknown_type_names_the_function(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        "Resources: {Step: {Type: 'AWS::Serverless::Function', Properties: "
        "{Handler: a.b, Events: {X: {Type: Kinesis}}}}}"
    )
    with pytest.raises(TemplateError, match=r"Step: .* Kinesis"):
        read_system(path, {})


def test_two_functions_that_disagree_about_a_variable_are_named(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    function = (
        "{Type: 'AWS::Serverless::Function', Properties: "
        "{Handler: a.b, Environment: {Variables: {SIZE: '%s'}}}}"
    )
    path.write_text(f"Resources: {{A: {function % 1}, B: {function % 2}}}")

    with pytest.raises(ValueError, match="B sets SIZE='2'"):
        read_system(path, {}).environment()
