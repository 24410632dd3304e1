"""Step Functions: each name once, fast, stoppable, and calling functions in this process."""

import json
import subprocess
import sys
import threading
import time
from typing import Any

import boto3
import pytest

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Answer
from slipway_local.glue.step_functions_end import step_functions_end
from slipway_local.glue.step_functions_lambda import step_functions_lambda
from slipway_local.glue.step_functions_parsing import step_functions_parsing
from slipway_local.glue.step_functions_start import step_functions_start
from slipway_local.glue.step_functions_status import step_functions_status
from slipway_local.glue.step_functions_stop import step_functions_stop
from slipway_local.glue.step_functions_tokens import step_functions_tokens
from slipway_local.glue.step_functions_waits import step_functions_waits
from slipway_local.turns import Turns

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:Step:live"


def task(**more: object) -> dict[str, object]:
    payload = {"FunctionName": FUNCTION, "Payload": {"token.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::lambda:invoke"
    if "TimeoutSeconds" in more:
        return {
            "Type": "Task",
            "Resource": f"{resource}.waitForTaskToken",
            "Parameters": payload,
            "End": True,
            **more,
        }
    given = {"FunctionName": FUNCTION, "Payload.$": "$"}
    return {"Type": "Task", "Resource": resource, "Parameters": given, "End": True, **more}


def machine(state: dict[str, object]) -> str:
    created = boto3.client("stepfunctions").create_state_machine(
        name="small",
        definition=json.dumps({"StartAt": "Only", "States": {"Only": state}}),
        roleArn="arn:aws:iam::123456789012:role/x",
    )
    return str(created["stateMachineArn"])


def ended(activity: Activity, arn: str) -> str:
    assert activity.wait_idle(10)
    return str(boto3.client("stepfunctions").describe_execution(executionArn=arn)["status"])


@pytest.fixture
def activity(bare_moto: None) -> Activity:  # noqa: ARG001  (moto runs as long as this)
    return Activity()


def run(arn: str, name: str = "one") -> str:
    started = boto3.client("stepfunctions").start_execution(
        stateMachineArn=arn, name=name, input='{"note": "x"}'
    )
    return str(started["executionArn"])


def test_a_function_is_called_here_and_its_error_has_the_name_of_its_class(
    activity: Activity,
) -> None:
    calls = []

    def invoke(name: str, payload: str | bytes) -> Answer:
        calls.append((name, json.loads(payload)))
        return Answer({"errorType": "Rejected", "errorMessage": "no"}, "Rejected")

    catch = [{"ErrorEquals": ["Rejected"], "Next": "Caught"}]
    with step_functions_lambda(invoke), step_functions_status(lambda _: None, activity):
        created = boto3.client("stepfunctions").create_state_machine(
            name="small",
            definition=json.dumps(
                {
                    "StartAt": "Only",
                    "States": {"Only": task(Catch=catch), "Caught": {"Type": "Succeed"}},
                }
            ),
            roleArn="arn:aws:iam::123456789012:role/x",
        )
        assert ended(activity, run(created["stateMachineArn"])) == "SUCCEEDED"
    assert calls == [(FUNCTION, {"note": "x"})]


@pytest.mark.usefixtures("bare_moto")
def test_a_definition_is_parsed_once() -> None:
    from moto.stepfunctions.parser.asl.parse.asl_parser import (  # noqa: PLC0415
        AmazonStateLanguageParser,
    )

    text = json.dumps({"StartAt": "Only", "States": {"Only": {"Type": "Succeed"}}})
    with step_functions_parsing():
        first = AmazonStateLanguageParser.parse(text)
        assert AmazonStateLanguageParser.parse(text) is first


def test_a_name_is_taken_once_by_whoever_asks_first(activity: Activity) -> None:
    with step_functions_start(), step_functions_status(lambda _: None, activity):
        arn = machine({"Type": "Wait", "Seconds": 1, "End": True})
        barrier = threading.Barrier(8)

        def start() -> None:
            barrier.wait()
            run(arn, "same")

        threads = [threading.Thread(target=start) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        executions = boto3.client("stepfunctions").list_executions(stateMachineArn=arn)
        activity.wait_idle(10)
    assert len(executions["executions"]) == 1


def test_threads_of_ended_executions_are_forgotten(activity: Activity) -> None:
    from moto.stepfunctions.parser import utils  # noqa: PLC0415

    with step_functions_start(), step_functions_status(lambda _: None, activity):
        arn = machine({"Type": "Succeed"})
        for number in range(20):
            run(arn, f"n{number}")
            activity.wait_idle(10)
        assert len(utils.TMP_THREADS) < 10


def test_stopping_an_execution_ends_its_wait_for_a_retry(activity: Activity) -> None:
    asked = threading.Event()

    def unavailable(_name: str, _payload: str | bytes) -> Answer:
        asked.set()
        return Answer({"errorType": "Unavailable", "errorMessage": "-"}, "Unavailable")

    retry = [{"ErrorEquals": ["Unavailable"], "IntervalSeconds": 600, "MaxAttempts": 2}]
    with (
        step_functions_waits(),
        step_functions_stop(),
        step_functions_lambda(unavailable),
        step_functions_status(lambda _: None, activity),
    ):
        execution = run(machine(task(Retry=retry)))
        assert asked.wait(10)
        boto3.client("stepfunctions").stop_execution(executionArn=execution)
        assert ended(activity, execution) == "ABORTED"


def test_a_stopped_execution_is_aborted_though_its_function_fails_afterwards(
    activity: Activity,
) -> None:
    asked, stopped = threading.Event(), threading.Event()

    def fail_late(_name: str, _payload: str | bytes) -> Answer:
        asked.set()
        assert stopped.wait(10)
        return Answer({"errorType": "Late", "errorMessage": "-"}, "Late")

    with (
        step_functions_stop(),
        step_functions_lambda(fail_late),
        step_functions_status(lambda _: None, activity),
    ):
        execution = run(machine(task()))
        assert asked.wait(10)
        boto3.client("stepfunctions").stop_execution(executionArn=execution)
        stopped.set()
        assert ended(activity, execution) == "ABORTED"


def test_waits_can_be_shortened(activity: Activity) -> None:
    with step_functions_waits(0.001), step_functions_status(lambda _: None, activity):
        execution = run(machine({"Type": "Wait", "Seconds": 600, "End": True}))
        assert ended(activity, execution) == "SUCCEEDED"


def test_the_beginning_and_the_end_of_an_execution_are_events(activity: Activity) -> None:
    events: list[Any] = []
    with step_functions_status(events.append, activity):
        execution = run(machine({"Type": "Fail", "Error": "Broken", "Cause": "a reason"}))
        assert ended(activity, execution) == "FAILED"

    details = [json.loads(event["Detail"]) for event in events]
    assert [detail["status"] for detail in details] == ["RUNNING", "FAILED"]
    assert (details[1]["error"], details[1]["cause"]) == ("Broken", "a reason")


def test_a_task_that_waits_for_a_person_is_not_activity(activity: Activity) -> None:
    tokens = []

    def ask(_name: str, payload: str | bytes) -> Answer:
        tokens.append(json.loads(payload)["token"])
        return Answer(None)

    with (
        step_functions_lambda(ask),
        step_functions_status(lambda _: None, activity),
        step_functions_tokens(activity),
    ):
        execution = run(machine(task(TimeoutSeconds=86400)))
        assert ended(activity, execution) == "RUNNING"
        boto3.client("stepfunctions").send_task_success(taskToken=tokens[0], output="{}")
        assert ended(activity, execution) == "SUCCEEDED"


@pytest.mark.usefixtures("bare_moto")
def test_an_answer_that_is_there_before_the_function_returned_is_heard(activity: Activity) -> None:
    def answer_at_once(_name: str, payload: str | bytes) -> Answer:
        token = json.loads(payload)["token"]
        boto3.client("stepfunctions").send_task_success(taskToken=token, output="{}")
        return Answer(None)

    with (
        step_functions_lambda(answer_at_once),
        step_functions_status(lambda _: None, activity),
        step_functions_tokens(activity),
    ):
        execution = run(machine(task(TimeoutSeconds=86400, HeartbeatSeconds=80000)))
        assert ended(activity, execution) == "SUCCEEDED"


@pytest.mark.usefixtures("bare_moto")
def test_the_end_of_the_system_ends_what_waits_for_a_day() -> None:
    tokens = threading.Event()

    def ask(_name: str, _payload: str | bytes) -> Answer:
        tokens.set()
        return Answer(None)

    before = set(threading.enumerate())
    with (
        step_functions_lambda(ask),
        step_functions_waits(),
        step_functions_stop(),
        step_functions_end(Turns()),
    ):
        arn = machine(task(TimeoutSeconds=86400))
        run(arn, "asks")
        run(arn, "asks too")
        assert tokens.wait(10)
        began = time.monotonic()

    assert time.monotonic() - began < 5
    assert set(threading.enumerate()) <= before


def test_ec2_is_not_imported() -> None:
    code = (
        "from slipway_local.glue.imports import light_imports\n"
        "import sys\n"
        "with light_imports():\n"
        "    import moto.stepfunctions.parser.models\n"
        "assert 'moto.ec2' not in sys.modules and 'moto.batch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})
