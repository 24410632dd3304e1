"""Builds on CodeBuild that outlast their step's function, on both drivers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import boto3
import pytest
from tests.codebuild_on_moto import PROJECT, CodeBuildInMemory
from tests.faults.rig import REGISTRY
from tests.faults.stages import InProcess, OnStateMachine, Stage, state_machine
from tests.faults.verdicts import check_events, check_told_undone

from recovery.resume import handler
from slipway import wiring
from slipway.adapters.codebuild_builds import Builds
from slipway.adapters.codebuild_buildspec import Place
from slipway.adapters.codebuild_engine import CodeBuildEngine
from slipway.adapters.codebuild_log import lines_of
from slipway.saga import Saga, Status, StepStatus, Unavailable
from slipway.saga.tasks import NoTasks
from slipway.saga.testing import Fault

REGION = "eu-central-1"
MINUTE: Mapping[str, Any] = {"source": "aws.events", "detail-type": "Scheduled Event"}
Happening = Callable[[], None]


class Outside:
    """A stage whose images are built on CodeBuild; what happens there is told by the test."""

    def __init__(self, stage: Stage, engine: CodeBuildEngine, codebuild: CodeBuildInMemory) -> None:
        self.stage, self.engine, self.codebuild = stage, engine, codebuild

    def play(self, *happenings: Happening, fault: Fault | None = None, **request: Any) -> Saga:
        faults = (fault,) if fault else ()
        if isinstance(self.stage, InProcess):
            days = list(happenings)
            self.stage.rig.callbacks.meanwhile = lambda _: days.pop(0)() if days else None
            return self.stage.play(*faults, **request)
        assert isinstance(self.stage, OnStateMachine)
        saga = self.stage.play(*faults, **request)
        for happening in happenings:
            happening()
            saga = self.stage.settled(saga.workflow.workflow_id)
        return saga

    def ended(self, status: str = "SUCCEEDED", times: int = 1) -> None:
        event = self.codebuild.end(status)
        for _ in range(times):
            handler(event)

    def cancelled(self) -> None:
        self.stage.cancel()
        workflow_id = self.codebuild.newest["SLIPWAY_WORKFLOW"]
        told = {"detail-type": "slipway.workflow.cancel_requested"}
        handler({**told, "source": "slipway/test", "detail": {"subject": workflow_id}})

    def wired(self) -> AbstractContextManager[None]:
        if isinstance(self.stage, InProcess):
            return self.stage.rig.wired()
        return wiring.use()

    def log_of(self, workflow_id: str) -> str:
        key = f"workflows/{workflow_id}/build_image/build.log"
        on_machine = isinstance(self.stage, OnStateMachine)
        workspace = wiring.workspace() if on_machine else self.stage.rig.workspace
        return workspace.get(key).decode()

    def check_completed(self, saga: Saga) -> None:
        assert saga.workflow.status is Status.COMPLETED, saga.workflow.error
        view = check_events(saga, self.stage.events(saga.workflow.workflow_id))
        assert view.image is not None
        assert saga.steps["build_image"].outputs["image_id"].endswith(str(view.image.digest))

    def check_undone(self, saga: Saga, before: object, code: str) -> None:
        assert self.stage.world(saga.workflow.workflow_id) == before
        check_told_undone(saga)
        check_events(saga, self.stage.events(saga.workflow.workflow_id))
        assert saga.workflow.error is not None
        assert saga.workflow.error.code == code


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnStateMachine]:
    with state_machine(tmp_path_factory.mktemp("state")) as stage:
        yield stage


@pytest.fixture(params=["in_process", "state_machine"])
def outside(request: pytest.FixtureRequest, machine: OnStateMachine) -> Iterator[Outside]:
    """Both have the CodeBuild of the local AWS that the state machine runs on."""
    machine.mend()
    stage: Stage = InProcess() if request.param == "in_process" else machine
    codebuild = CodeBuildInMemory(stage.rig.images, REGION)
    with codebuild.serving(), built_there(stage, codebuild) as found:
        yield found


@contextmanager
def built_there(stage: Stage, codebuild: CodeBuildInMemory) -> Iterator[Outside]:
    builds = Builds(codebuild.client, PROJECT, lambda _: None)
    lines = partial(lines_of, boto3.client("logs", region_name=REGION))
    on_machine = isinstance(stage, OnStateMachine)
    workspace = wiring.workspace() if on_machine else stage.rig.workspace
    engine = CodeBuildEngine(builds, lines, stage.rig.registry, workspace, Place("bucket", 60))
    ports = {"engine": engine, "outside_builds": builds}
    stage.rig.instead = ports
    with wiring.use(**ports):
        yield Outside(stage, engine, codebuild)


def app(name: str) -> dict[str, Any]:
    return {"app": {"name": name}}


def test_a_build_that_outlasts_its_function_becomes_a_service(outside: Outside) -> None:
    saga = outside.play(lambda: handler(MINUTE), outside.ended, **app("patient"))

    outside.check_completed(saga)
    assert saga.steps["build_image"].attempts == 1
    assert outside.codebuild.statuses == ["SUCCEEDED"]


def test_the_end_of_a_build_that_is_told_three_times_is_one_end(outside: Outside) -> None:
    saga = outside.play(lambda: outside.ended(times=3), **app("thrice"))

    outside.check_completed(saga)


def test_an_end_that_nobody_was_told_of_is_found_by_the_schedule(outside: Outside) -> None:
    def unheard() -> None:
        outside.codebuild.end()
        handler(MINUTE)

    outside.check_completed(outside.play(unheard, **app("unheard")))


def test_a_build_that_fails_is_undone_and_the_end_of_its_log_is_told(outside: Outside) -> None:
    before = outside.stage.world("")

    def failed() -> None:
        outside.codebuild.print("RUN make", "make: no rule")
        outside.ended("FAILED")

    saga = outside.play(failed, **app("broken"))

    outside.check_undone(saga, before, "build_failed")
    assert saga.workflow.error is not None
    assert "make: no rule" in saga.workflow.error.message
    log = outside.log_of(saga.workflow.workflow_id)
    assert log.splitlines() == ["RUN make", "make: no rule"]


def test_a_cancel_stops_the_build(outside: Outside) -> None:
    before = outside.stage.world("")

    saga = outside.play(outside.cancelled, **app("stopped"))

    outside.check_undone(saga, before, "cancelled")
    assert outside.codebuild.statuses == ["STOPPED"]


def test_a_build_that_pushes_after_its_undo_is_undone_and_not_recorded(outside: Outside) -> None:
    before = outside.stage.world("")
    saga = outside.play(outside.cancelled, **app("late"))
    outside.codebuild.push_late()
    assert outside.stage.world(saga.workflow.workflow_id) != before

    with outside.wired():
        handler(MINUTE)

    outside.check_undone(saga, before, "cancelled")


def test_a_build_whose_beginning_was_not_heard_of_is_found_again(outside: Outside) -> None:
    outside.codebuild.lose_answers = 2

    saga = outside.play(outside.ended, **app("unsure"))

    outside.check_completed(saga)
    assert outside.codebuild.statuses == ["SUCCEEDED"]
    assert saga.steps["build_image"].attempts == 2


def test_a_function_that_dies_after_it_began_a_build_leaves_none_behind(outside: Outside) -> None:
    before = outside.stage.world("")

    saga = outside.play(fault=Fault("build_image", "killed", "after"), **app("dead"))

    outside.check_undone(saga, before, "interrupted")
    assert outside.codebuild.statuses == ["STOPPED"]


def test_a_build_that_aws_lost_is_begun_anew(outside: Outside) -> None:
    def lost() -> None:
        with pytest.raises(ExceptionGroup) as told:
            outside.ended("FAULT")
        assert told.group_contains(Unavailable, match="build_fault")

    saga = outside.play(lost, outside.ended, **app("lost"))

    outside.check_completed(saga)
    assert outside.codebuild.statuses == ["FAULT", "SUCCEEDED"]


def test_a_word_that_was_lost_after_the_end_was_recorded_is_told_again(outside: Outside) -> None:
    def recorded_and_died() -> None:
        with wiring.use(tasks=NoTasks()):
            outside.ended()
        handler(MINUTE)

    outside.check_completed(outside.play(recorded_and_died, **app("unsaid")))


def test_a_rollback_after_the_push_leaves_no_staged_image(outside: Outside) -> None:
    before = outside.stage.world("")
    fault = Fault("verify_deployment", "rejected", "after")

    saga = outside.play(outside.ended, fault=fault, **app("undone"))

    outside.check_undone(saga, before, "planted")
    assert saga.steps["push_image"].status is StepStatus.UNDONE
    assert outside.stage.rig.registry.tags(f"{REGISTRY}/undone") == []
