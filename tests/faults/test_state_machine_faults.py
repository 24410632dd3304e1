"""Whatever goes wrong, wherever: the world is as it was. Driven by the rendered state machine."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.faults.stages import ROLLBACK, OnStateMachine, state_machine
from tests.faults.verdicts import check_events, check_told_undone

from slipway.saga import Saga, Status, StepStatus
from slipway.saga.testing import Fault
from slipway.saga.testing.laws import CELL
from steps import PLAN

Property = Callable[[str, object], None]
TAG: dict[str, Any] = {"image": {"tag": "stable"}}
FAULTS = [
    Fault(step.name, kind, when)
    for step in PLAN
    for kind in ("rejected", "killed")
    for when in ("before", "after")
]
PUSH_UNDO_DOWN = Fault("push_image", "unavailable", "before", "compensate")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnStateMachine]:
    """Version 1 of the shop serves; every workflow of these tests brings version 2."""
    with state_machine(tmp_path_factory.mktemp("state")) as stage:
        first = stage.play(**TAG)
        assert first.workflow.status is Status.COMPLETED, first.workflow.error
        stage.rig.source.version = "2"
        yield stage


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_step_that_fails_on_the_state_machine_leaves_version_1_as_it_was(
    machine: OnStateMachine, fault: Fault, record_property: Property
) -> None:
    before = machine.world("")

    saga = machine.play(fault, **TAG)

    assert machine.world(saga.workflow.workflow_id) == before
    check_told_undone(saga)
    view = check_events(saga, machine.events(saga.workflow.workflow_id))
    assert machine.view(saga.workflow.workflow_id) == view.model_dump(mode="json")
    record_property(CELL, "undone")


def test_an_undo_that_never_succeeds_waits_for_a_person_and_goes_on_when_mended(
    machine: OnStateMachine, record_property: Property
) -> None:
    before = machine.world("")
    saga = machine.play(ROLLBACK, PUSH_UNDO_DOWN, **TAG)
    workflow_id = saga.workflow.workflow_id
    assert saga.workflow.status is Status.PARKED
    assert machine.view(workflow_id)["status"] == "PARKED"
    assert saga.steps["deploy_application"].status is StepStatus.UNDONE
    assert saga.steps["build_image"].status is StepStatus.DONE

    machine.mend()
    machine.answer(token_of(saga), "retry")

    saga = machine.settled(workflow_id)
    assert machine.world(workflow_id) == before
    check_told_undone(saga)
    record_property(CELL, "undone")


def test_an_undo_that_is_given_up_is_told_as_left_over_and_the_earlier_ones_run(
    machine: OnStateMachine, record_property: Property
) -> None:
    saga = machine.play(ROLLBACK, PUSH_UNDO_DOWN, **TAG)
    workflow_id = saga.workflow.workflow_id

    machine.answer(token_of(saga), "skip")

    saga = machine.settled(workflow_id)
    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    assert saga.workflow.receipt is not None
    left = {(i.step, i.kind) for i in saga.workflow.receipt.items if i.state == "leftover"}
    assert left == {("push_image", "tag"), ("push_image", "manifest")}
    assert saga.steps["build_image"].status is StepStatus.UNDONE
    record_property(CELL, "leftovers reported")


def token_of(saga: Saga) -> str:
    undo = saga.steps["push_image"].undo
    assert undo is not None
    assert undo.task_token is not None
    return undo.task_token
