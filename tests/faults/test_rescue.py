"""Executions are killed at every state: whatever was begun is undone, and the status is true."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import boto3
import pytest
from tests.faults.killing import DEATHS, MOMENTS, TASKS, Killer, killing
from tests.faults.stages import ROLLBACK, OnStateMachine, state_machine
from tests.faults.verdicts import check_events, check_told_undone

from recovery.rescue import rescue
from slipway import wiring
from slipway.saga import Saga, Status, StepStatus
from slipway.saga.testing import Fault
from steps import PLAN

TAG: dict[str, Any] = {"image": {"tag": "stable"}}
SOME = ("BuildImage", "UndoDeployApplication", "ParkPushImage", "Settle")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OnStateMachine, Killer]]:
    """Version 1 of the shop serves; every workflow of these tests brings version 2."""
    with killing() as killer, state_machine(tmp_path_factory.mktemp("state")) as machine:
        assert machine.play(**TAG).workflow.status is Status.COMPLETED
        machine.rig.source.version = "2"
        yield machine, killer


@pytest.fixture
def machine(stage: tuple[OnStateMachine, Killer]) -> OnStateMachine:
    stage[0].mend()
    return stage[0]


@pytest.fixture
def killer(stage: tuple[OnStateMachine, Killer]) -> Iterator[Killer]:
    stage[1].forget()
    yield stage[1]
    stage[1].forget()


def way_to(state: str) -> Sequence[Fault]:
    """What has to go wrong for the machine to come there at all."""
    if state in {step.title for step in PLAN} | {"Complete"}:
        return ()
    parked = next((step for step in PLAN if state == f"Park{step.title}"), None)
    if parked is None:
        return (ROLLBACK,)
    tries = parked.undo_retries + 1
    return ROLLBACK, Fault(parked.name, "unavailable", "before", "compensate", times=tries)


def check_as_before(machine: OnStateMachine, saga: Saga, before: object) -> None:
    workflow_id = saga.workflow.workflow_id
    assert machine.world(workflow_id) == before
    check_told_undone(saga)
    view = check_events(saga, machine.events(workflow_id))
    assert machine.view(workflow_id) == view.model_dump(mode="json")


def passes(machine: OnStateMachine, saga: Saga) -> list[str]:
    events = machine.events(saga.workflow.workflow_id)
    return [e.data["undo"]["execution"] for e in events if e.type.endswith("undo_requested")]


def check_killed(
    machine: OnStateMachine, killer: Killer, state: str, death: str, moment: str
) -> None:
    before = machine.world("")
    killer.plan(state, death=death, moment=moment)
    if state == "SettleUnverified":
        killer.take_away("Settle")

    saga = machine.play(*way_to(state), **TAG)

    assert killer.killed == [saga.workflow.workflow_id]
    check_as_before(machine, saga, before)


def stops() -> Iterator[tuple[str, str]]:
    """Every state while its function runs on, and in turn before its function ran, or after."""
    never_ran, ran_on, had_ended = MOMENTS
    for number, state in enumerate(state for state in TASKS if state != "Complete"):
        yield state, ran_on
        yield state, (never_ran, had_ended)[number % 2]


@pytest.mark.parametrize(("state", "moment"), list(stops()))
def test_a_machine_stopped_by_hand_at_any_state_leaves_version_1_as_it_was(
    machine: OnStateMachine, killer: Killer, state: str, moment: str
) -> None:
    check_killed(machine, killer, state, "stopped", moment)


@pytest.mark.parametrize("death", [death for death in DEATHS if death != "stopped"])
@pytest.mark.parametrize("state", SOME)
def test_an_execution_past_its_limits_leaves_version_1_as_it_was(
    machine: OnStateMachine, killer: Killer, state: str, death: str
) -> None:
    check_killed(machine, killer, state, death, "never_ran")


def test_dead_before_it_could_complete_it_is_undone_and_just_after_it_stays(
    machine: OnStateMachine, killer: Killer
) -> None:
    check_killed(machine, killer, "Complete", "stopped", "never_ran")
    other: dict[str, Any] = {"app": {"name": "other"}}

    killer.plan("Complete", moment="had_ended")
    saga = machine.play(**other)

    assert saga.workflow.status is Status.COMPLETED
    assert passes(machine, saga) == []


@pytest.mark.parametrize("state", SOME)
def test_the_undo_only_execution_dies_as_well_and_is_rescued_again(
    machine: OnStateMachine, killer: Killer, state: str
) -> None:
    before = machine.world("")
    again = state if state.startswith("Undo") else "UndoTagImage"
    killer.plan(state, again, "Settle", moment="had_ended" if state != "Settle" else "never_ran")

    saga = machine.play(*way_to(state), **TAG)

    check_as_before(machine, saga, before)
    assert len(passes(machine, saga)) >= len(killer.killed) - 1 >= 1
    assert len(set(passes(machine, saga))) == len(passes(machine, saga))


def moments_of_a_rollback() -> Iterator[tuple[str, str]]:
    """Every state on the way back, each at another moment than the one before."""
    states = [state for state in TASKS if state.startswith("Undo")] + ["Settle"]
    return zip(states, cycle(MOMENTS), strict=False)


@pytest.mark.parametrize(("state", "moment"), list(moments_of_a_rollback()))
def test_a_rollback_on_request_that_dies_at_any_state_still_brings_version_1_back(
    machine: OnStateMachine, killer: Killer, state: str, moment: str
) -> None:
    before = machine.world("")
    workflow_id = machine.play(**TAG).workflow.workflow_id
    killer.plan(state, moment=moment)

    saga = machine.roll_back(workflow_id)

    assert [name.startswith(f"{workflow_id}-undo-") for name in killer.killed] == [True]
    check_as_before(machine, saga, before)
    told = [event.type for event in machine.events(workflow_id)]
    assert told.count("slipway.workflow.rolled_back") == 1
    assert "slipway.step.started" not in told[told.index("slipway.workflow.completed") :]


def test_a_death_that_is_told_again_and_again_is_one_rescue(
    machine: OnStateMachine, killer: Killer
) -> None:
    killer.plan("BuildImage")
    saga = machine.play(**TAG)

    told = [rescue(name, "told late", wiring.store()) for name in killer.killed * 3]

    assert told == [False, False, False]
    assert len(passes(machine, saga)) == 1


@pytest.mark.parametrize("gone", ["Settle", "SettleUnverified"])
def test_the_function_that_has_the_last_word_is_gone_for_a_while(
    machine: OnStateMachine, killer: Killer, gone: str
) -> None:
    before = machine.world("")
    killer.plan("SettleUnverified", death="too_large")
    killer.take_away("Settle")
    killer.take_away(gone)

    saga = machine.play(ROLLBACK, **TAG)

    check_as_before(machine, saga, before)


@pytest.mark.parametrize("step", ["AnalyzeRepository", "BuildImage", "VerifyDeployment"])
def test_the_function_of_a_step_is_gone_and_what_came_before_it_is_undone(
    machine: OnStateMachine, killer: Killer, step: str
) -> None:
    before = machine.world("")
    killer.take_away(step)

    saga = machine.play(**TAG)

    check_as_before(machine, saga, before)
    assert step not in {PLAN[name].title for name in saga.steps}


def test_the_function_of_an_undo_is_gone_and_its_machine_is_stopped_while_a_person_is_asked(
    machine: OnStateMachine, killer: Killer
) -> None:
    """The undo pass goes again, finds the function still gone, and asks anew with a new token."""
    before = machine.world("")
    killer.take_away("UndoPushImage")
    saga = machine.play(ROLLBACK, **TAG)
    workflow_id, token = saga.workflow.workflow_id, token_of(saga)

    stop(machine, workflow_id)
    saga = machine.settled(workflow_id)
    assert saga.workflow.status is Status.PARKED
    assert token_of(saga) != token

    killer.forget()
    machine.answer(token_of(saga), "retry")
    check_as_before(machine, machine.settled(workflow_id), before)


def token_of(saga: Saga) -> str:
    push = saga.steps["push_image"]
    assert push.status is StepStatus.UNDO_PARKED
    assert push.undo is not None
    assert push.undo.task_token is not None
    return push.undo.task_token


def stop(machine: OnStateMachine, name: str) -> None:
    arn = machine.arn().replace(":stateMachine:", ":execution:")
    boto3.client("stepfunctions", "eu-central-1").stop_execution(executionArn=f"{arn}:{name}")
