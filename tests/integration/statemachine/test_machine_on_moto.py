"""The rendered state machine, interpreted: which function is called, in which order, and when not.

The functions are a few lines in this process. What the real ones do is told by the fault tests.
"""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from slipway.adapters.step_functions import StepFunctionsTasks
from slipway.saga import Rejected
from slipway.saga.machine import resolved
from slipway_local.activity import Activity
from slipway_local.aws import aws_variables, draw_keys, environment, local_aws
from slipway_local.functions.invocation import Answer
from slipway_local.kept.store import kept_in
from steps import PLAN

ME = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
ROLE = "arn:aws:iam::123456789012:role/x"
FORWARD = [f"{step.title}Execute" for step in PLAN]
BACKWARD = [f"{step.title}Compensate" for step in reversed(PLAN.steps)]
WAITING = [f"{step.title}Execute" for step in PLAN if step.waits_s]
Parked = Callable[["Saga", str], None]


class Saga:
    """Functions that fail as told, and a record of who was called with what.

    A step that waits is told by its own function, unless its work goes on `outside`.
    """

    def __init__(self) -> None:
        self.outside = False
        self.calls: list[str] = []
        self.payloads: list[dict[str, Any]] = []
        self.tokens: dict[str, str] = {}
        self.failing: dict[str, tuple[str, int]] = {}
        self._guard = threading.Lock()

    def fail(self, function: str, error: str, times: int = 1000) -> None:
        self.failing[function] = (error, times)

    def invoke(self, arn: str, payload: str | bytes) -> Answer:
        given = json.loads(payload)
        name = arn.split(":")[6]
        told = f"{name}:{given['ending']}" if "ending" in given else name
        with self._guard:
            self.calls.append(told)
            self.payloads.append(given)
            if "task_token" in given:
                self.tokens[given.get("step", name)] = given["task_token"]
            error, times = self.failing.get(told, ("", 0))
            self.failing[told] = (error, times - 1)
        if times > 0:
            return Answer({"errorType": error, "errorMessage": "as told"}, error)
        if name in WAITING and not self.outside:
            told_by = boto3.client("stepfunctions")
            told_by.send_task_success(taskToken=given["task_token"], output="{}")
        return Answer({"workflow_id": given["workflow_id"]})

    def different_calls(self) -> list[str]:
        """Without the retries."""
        return [c for n, c in enumerate(self.calls) if n == 0 or self.calls[n - 1] != c]


class Stage:
    def __init__(self, saga: Saga, activity: Activity) -> None:
        self.saga, self._activity = saga, activity
        self.client = boto3.client("stepfunctions")
        self._machine = self.client.create_state_machine(
            name=PLAN.name, definition=resolved(PLAN), roleArn=ROLE
        )["stateMachineArn"]
        self._execution = ""

    def start(self, **given: str) -> str:
        self._execution = self.client.start_execution(
            stateMachineArn=self._machine,
            name=ME,
            input=json.dumps({"workflow_id": ME, **given}),
        )["executionArn"]
        return self.status()

    def status(self) -> str:
        assert self._activity.wait_idle(30)
        return str(self.client.describe_execution(executionArn=self._execution)["status"])

    def decide(self, step: str, decision: str) -> str:
        """An operator answers a parked undo."""
        output = json.dumps({"decision": decision})
        self.client.send_task_success(taskToken=self.saga.tokens[step], output=output)
        return self.status()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    aws = environment(aws_variables(draw_keys(), "http://127.0.0.1:1"))
    with aws, local_aws(), kept_in(tmp_path) as kept:
        from slipway_local.glue.all import Hooks, patched  # noqa: PLC0415  (it imports moto)

        saga, activity = Saga(), Activity()
        hooks = Hooks(saga.invoke, _none, _none, _none, _none, activity, kept, retry_scale=0.001)
        with patched(hooks):
            yield Stage(saga, activity)


def _none(*_given: Any) -> None:
    """Nothing else of the local AWS is used here."""


def test_moto_reads_the_machine_and_refuses_one_with_a_misspelt_type(stage: Stage) -> None:
    bad = json.loads(resolved(PLAN))
    bad["States"]["Complete"]["Type"] = "Taks"

    with pytest.raises(ClientError, match="Taks"):
        stage.client.create_state_machine(name="bad", definition=json.dumps(bad), roleArn=ROLE)

    good = stage.client.create_state_machine(name="good", definition=resolved(PLAN), roleArn=ROLE)
    assert good["stateMachineArn"].endswith(":good")


def test_all_steps_run_in_order_and_the_end_is_recorded(stage: Stage) -> None:
    assert stage.start() == "SUCCEEDED"

    assert stage.saga.calls == [*FORWARD, "Settle:complete"]


def test_a_function_is_given_two_names_and_nothing_else(stage: Stage) -> None:
    stage.saga.fail("PushImageExecute", "Rejected")

    stage.start(note="a secret of the caller")

    steps = [each for each in stage.saga.payloads if not {"ending", "task_token"} & set(each)]
    assert len(steps) > PLAN.number("push_image")
    assert all(each == {"workflow_id": ME, "execution": ME} for each in steps)


def test_a_rejected_step_is_not_tried_again_and_is_undone_first(stage: Stage) -> None:
    stage.saga.fail("PushImageExecute", "Rejected")

    assert stage.start() == "SUCCEEDED"

    done = FORWARD[: PLAN.number("push_image")]
    undone = BACKWARD[-PLAN.number("push_image") :]
    assert stage.saga.calls == [*done, *undone, "Settle:settle"]


def test_an_unavailable_step_is_tried_as_often_as_the_plan_says(stage: Stage) -> None:
    stage.saga.fail("BuildImageExecute", "Unavailable")

    stage.start()

    assert stage.saga.calls.count("BuildImageExecute") == 1 + PLAN["build_image"].retries


@pytest.mark.parametrize("error", ["KeyError", "Sandbox.Timedout", "Lambda.Unknown"])
def test_an_error_that_nobody_thought_of_is_undone_too(stage: Stage, error: str) -> None:
    stage.saga.fail("DeployApplicationExecute", error)

    assert stage.start() == "SUCCEEDED"

    assert "DeployApplicationCompensate" in stage.saga.calls
    assert stage.saga.calls[-1] == "Settle:settle"


def test_a_start_while_it_is_undone_goes_all_the_way_back(stage: Stage) -> None:
    stage.saga.fail("AnalyzeRepositoryExecute", "Undoing")

    stage.start()

    assert stage.saga.calls == ["AnalyzeRepositoryExecute", *BACKWARD, "Settle:settle"]


def test_a_saga_that_cannot_be_completed_is_undone_from_its_last_step(stage: Stage) -> None:
    stage.saga.fail("Settle:complete", "Rejected")

    stage.start()

    assert stage.saga.calls == [*FORWARD, "Settle:complete", *BACKWARD, "Settle:settle"]


def test_undo_only_runs_no_step_forward(stage: Stage) -> None:
    stage.start(mode="undo")

    assert stage.saga.calls == [*BACKWARD, "Settle:settle"]


@pytest.fixture
def parked(stage: Stage) -> Stage:
    """The undo of the push fails on every try, and then works."""
    stage.saga.fail("VerifyDeploymentExecute", "Rejected")
    stage.saga.fail("PushImageCompensate", "Unavailable", 1 + PLAN["push_image"].undo_retries)
    assert stage.start() == "RUNNING"
    assert stage.saga.calls[-1] == "Park"
    return stage


def after_parking(stage: Stage) -> list[str]:
    calls = stage.saga.calls
    return calls[calls.index("Park") + 1 :]


EARLIER = BACKWARD[BACKWARD.index("PushImageCompensate") + 1 :]


def test_an_operator_who_mended_it_has_the_undo_run_again(parked: Stage) -> None:
    assert parked.decide("push_image", "retry") == "SUCCEEDED"

    assert after_parking(parked) == ["PushImageCompensate", *EARLIER, "Settle:settle"]


@pytest.mark.parametrize("decision", ["skip", "done"])
def test_an_operator_who_leaves_it_has_the_earlier_undos_run(parked: Stage, decision: str) -> None:
    assert parked.decide("push_image", decision) == "SUCCEEDED"

    assert after_parking(parked) == [*EARLIER, "Settle:settle"]


def test_an_answer_that_is_no_decision_goes_on_with_the_earlier_undos(parked: Stage) -> None:
    token = parked.saga.tokens["push_image"]
    parked.client.send_task_success(taskToken=token, output="{}")

    assert parked.status() == "SUCCEEDED"
    assert after_parking(parked) == [*EARLIER, "Settle:settle"]


def test_a_park_that_cannot_be_recorded_stops_no_other_undo(stage: Stage) -> None:
    stage.saga.fail("VerifyDeploymentExecute", "Rejected")
    stage.saga.fail("PushImageCompensate", "KeyError")
    stage.saga.fail("Park", "Unavailable")

    assert stage.start() == "SUCCEEDED"

    assert stage.saga.calls.count("Park") == 6
    assert stage.saga.different_calls()[-len(EARLIER) - 1 :] == [*EARLIER, "Settle:settle"]


def test_a_world_that_cannot_be_asked_is_recorded_as_unverified(stage: Stage) -> None:
    stage.saga.fail("AnalyzeRepositoryExecute", "Rejected")
    stage.saga.fail("Settle:settle", "Unavailable")

    assert stage.start() == "SUCCEEDED"

    assert stage.saga.calls[-1] == "Settle:settle_unverified"


def test_an_execution_that_cannot_record_the_truth_is_seen_to_fail(stage: Stage) -> None:
    stage.saga.fail("AnalyzeRepositoryExecute", "Rejected")
    stage.saga.fail("Settle:settle", "Unavailable")
    stage.saga.fail("Settle:settle_unverified", "Unavailable")

    assert stage.start() == "FAILED"


@pytest.fixture
def building(stage: Stage) -> Stage:
    """The function of the build has ended, and its work goes on outside."""
    stage.saga.outside = True
    assert stage.start() == "RUNNING"
    assert stage.saga.calls[-1] == "BuildImageExecute"
    return stage


def test_a_build_that_outlasts_its_function_is_waited_for(building: Stage) -> None:
    building.client.send_task_heartbeat(taskToken=building.saga.tokens["BuildImageExecute"])
    assert building.status() == "RUNNING"

    assert building.decide("BuildImageExecute", "done") == "SUCCEEDED"

    assert building.saga.calls == [*FORWARD, "Settle:complete"]


def test_a_build_that_fails_outside_is_undone_like_any_other_step(building: Stage) -> None:
    token = building.saga.tokens["BuildImageExecute"]

    building.client.send_task_failure(taskToken=token, error="Rejected", cause="build_failed")

    assert building.status() == "SUCCEEDED"
    number = PLAN.number("build_image")
    assert building.saga.calls == [*FORWARD[:number], *BACKWARD[-number:], "Settle:settle"]


def test_a_build_that_was_lost_outside_is_begun_again(building: Stage) -> None:
    token = building.saga.tokens["BuildImageExecute"]

    building.client.send_task_failure(taskToken=token, error="Unavailable", cause="build_fault")

    assert building.status() == "RUNNING"
    assert building.saga.tokens["BuildImageExecute"] != token
    assert building.decide("BuildImageExecute", "done") == "SUCCEEDED"
    assert building.saga.calls.count("BuildImageExecute") == 2
    assert building.saga.calls[-1] == "Settle:complete"


def test_a_second_word_for_one_build_changes_nothing(building: Stage) -> None:
    token = building.saga.tokens["BuildImageExecute"]
    building.decide("BuildImageExecute", "done")
    tasks = StepFunctionsTasks(building.client)

    tasks.heartbeat(token)
    tasks.fail(token, Rejected("build_failed", "told too late"))
    tasks.succeed(token)
    tasks.succeed("no token at all")

    assert building.status() == "SUCCEEDED"
    assert building.saga.calls[-1] == "Settle:complete"
