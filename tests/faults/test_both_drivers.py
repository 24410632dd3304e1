"""The same stories in this process and on the state machine: each has one defined outcome."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.faults.stages import ROLLBACK, InProcess, OnStateMachine, Stage, state_machine
from tests.faults.verdicts import check_events, check_told_undone
from tests.faults.worlds import an_object

from slipway.saga import Saga, Status, StepStatus
from slipway.saga.testing import Fault


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnStateMachine]:
    with state_machine(tmp_path_factory.mktemp("state")) as stage:
        yield stage


@pytest.fixture(params=["in_process", "state_machine"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "in_process":
        return InProcess()
    found: OnStateMachine = request.getfixturevalue("machine")
    found.mend()
    return found


def app(name: str) -> dict[str, Any]:
    return {"app": {"name": name}}


def check_completed(stage: Stage, saga: Saga) -> None:
    assert saga.workflow.status is Status.COMPLETED, saga.workflow.error
    assert {step.status for step in saga.steps.values()} == {StepStatus.DONE}
    view = check_events(saga, stage.events(saga.workflow.workflow_id))
    assert view.service is not None
    assert view.image is not None
    assert view.image.digest is not None


def check_nothing_left(stage: Stage, saga: Saga, before: object) -> None:
    assert stage.world(saga.workflow.workflow_id) == before
    check_told_undone(saga)
    check_events(saga, stage.events(saga.workflow.workflow_id))


def test_a_good_source_becomes_a_service(stage: Stage) -> None:
    saga = stage.play(**app("good"))

    check_completed(stage, saga)


def test_a_port_that_is_away_for_a_moment_delays_and_changes_nothing_else(stage: Stage) -> None:
    saga = stage.play(Fault("push_image", "unavailable", "after", times=2), **app("patient"))

    check_completed(stage, saga)
    assert saga.steps["push_image"].attempts == 3


def test_the_first_cause_is_told_with_its_step(stage: Stage) -> None:
    before = stage.world("")

    saga = stage.play(Fault("build_image", "rejected", "after"), **app("broken"))

    check_nothing_left(stage, saga, before)
    assert saga.workflow.error is not None
    assert (saga.workflow.error.step, saga.workflow.error.code) == ("build_image", "planted")


def their_account(stage: Stage, name: str) -> None:
    """Boris has a service account of that name in a namespace of that name."""
    stage.rig.cluster.apply(an_object("v1", "Namespace", name, None, {"team": "boris"}))
    stage.rig.cluster.apply(an_object("v1", "ServiceAccount", name, name, {"team": "boris"}))


def test_an_object_of_others_under_the_apps_name_ends_the_workflow_and_is_untouched(
    stage: Stage,
) -> None:
    their_account(stage, "taken")
    before = stage.world("")

    saga = stage.play(**app("taken"))

    check_nothing_left(stage, saga, before)
    assert saga.workflow.error is not None
    assert (saga.workflow.error.step, saga.workflow.error.code) == ("prepare_cluster", "not_ours")
    assert "ServiceAccount taken/taken" in saga.workflow.error.message
    assert saga.steps["prepare_cluster"].undo is None


def test_an_object_of_others_is_taken_over_when_that_is_asked_for(stage: Stage) -> None:
    their_account(stage, "given")

    saga = stage.play(**app("given"), options={"adopt": True})

    check_completed(stage, saga)
    assert "serviceaccount:given/given" in saga.steps["prepare_cluster"].adopted


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["analyze_repository", "build_image", "verify_deployment"])
def test_a_cancel_during_a_step_undoes_everything(stage: Stage, step: str, when: str) -> None:
    before = stage.world("")

    fault = Fault(step, "cancelled", when, times=1)
    saga = stage.play(fault, strikes={"cancelled": stage.cancel}, **app("stopped"))

    check_nothing_left(stage, saga, before)
    assert saga.workflow.cancel is not None
    assert saga.workflow.error is not None
    assert saga.workflow.error.code == "cancelled"


def test_a_cancel_while_it_is_undone_changes_nothing(stage: Stage) -> None:
    before = stage.world("")

    undo = Fault("build_image", "cancelled", "before", "compensate", times=1)
    saga = stage.play(ROLLBACK, undo, strikes={"cancelled": stage.cancel}, **app("late"))

    check_nothing_left(stage, saga, before)
    assert saga.workflow.cancel is None


@pytest.mark.parametrize("faults", [(), (ROLLBACK,)], ids=["completed", "undone"])
def test_one_more_execution_of_a_workflow_that_ended_changes_nothing(
    stage: Stage, faults: tuple[Fault, ...]
) -> None:
    ended = stage.play(*faults, **app(f"once-{len(faults)}"))
    workflow_id = ended.workflow.workflow_id
    world = stage.world("")

    again = stage.start(workflow_id, f"{workflow_id}-again")

    assert again == ended
    assert stage.world("") == world
