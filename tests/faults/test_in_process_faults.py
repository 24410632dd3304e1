"""Whatever goes wrong, wherever: the world is as it was. Driven inside this process."""

from collections.abc import Callable

import pytest
from tests.faults.injection import Fault, Saboteur, Tripwire
from tests.faults.matrix import (
    ROLLBACK,
    effects,
    every_call,
    every_effect,
    every_outside_effect,
    in_every_world,
)
from tests.faults.verdicts import check_records, check_undone
from tests.faults.worlds import ME, WORLDS, prepared

from slipway.saga import Status, StepStatus
from steps import PLAN

Property = Callable[[str, object], None]
_TOLD = {"defect": "defect", "killed": "interrupted"}


@pytest.mark.parametrize(("world", "fault"), in_every_world(every_effect))
def test_a_step_that_fails_leaves_the_world_as_it_was(
    world: str, fault: Fault, record_property: Property
) -> None:
    rig, request = prepared(world)
    before = rig.world(ME)

    saga = rig.run(rig.submit(ME, **request), Saboteur(rig.runner, fault))

    check_undone(rig, saga, before)
    assert saga.workflow.error is not None
    told = (saga.workflow.error.step, saga.workflow.error.code)
    assert told == (fault.step, _TOLD.get(fault.kind, "planted"))
    record_property("cell", "undone")


@pytest.mark.parametrize(("world", "fault"), in_every_world(every_call, ("killed", "rejected")))
def test_a_step_that_fails_in_the_middle_leaves_the_world_as_it_was(
    world: str, fault: Fault, record_property: Property
) -> None:
    rig, request = prepared(world)
    before = rig.world(ME)
    saboteur = Saboteur(rig.runner, fault)

    saga = rig.run(rig.submit(ME, **request), saboteur)

    assert saboteur.struck
    check_undone(rig, saga, before)
    record_property("cell", "undone")


@pytest.mark.parametrize(("world", "fault"), in_every_world(every_call, ("unavailable",), times=1))
def test_an_answer_that_is_lost_once_changes_nothing(
    world: str, fault: Fault, record_property: Property
) -> None:
    undisturbed, request = prepared(world)
    undisturbed.run(undisturbed.submit(ME, **request))
    rig, request = prepared(world)

    saga = rig.run(rig.submit(ME, **request), Saboteur(rig.runner, fault))

    assert saga.workflow.status is Status.COMPLETED
    assert rig.world(ME) == undisturbed.world(ME)
    check_records(rig, saga)
    record_property("cell", "completed")


@pytest.mark.parametrize(
    ("world", "fault"),
    in_every_world(every_call, ("killed", "unavailable"), action="compensate", times=1),
)
def test_an_undo_that_is_interrupted_is_taken_up_again(
    world: str, fault: Fault, record_property: Property
) -> None:
    rig, request = prepared(world)
    before = rig.world(ME)
    saboteur = Saboteur(Saboteur(rig.runner, ROLLBACK), fault)

    saga = rig.run(rig.submit(ME, **request), saboteur)

    assert saboteur.struck == 1
    check_undone(rig, saga, before)
    record_property("cell", "undone")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", [step.name for step in PLAN])
@pytest.mark.parametrize("world", WORLDS)
def test_a_step_that_is_overtaken_by_its_undo_takes_itself_back(
    world: str, step: str, when: str, record_property: Property
) -> None:
    rig, request = prepared(world)
    before = rig.world(ME)
    rig.submit(ME, **request)

    def rescue() -> None:
        rig.driver().undo(ME, "rescue-1")

    late = Saboteur(rig.runner, Fault(step, "overtaken", when), {"overtaken": rescue})
    saga = rig.run(ME, late)

    assert late.struck == 1
    check_undone(rig, saga, before)
    record_property("cell", "undone")


@pytest.mark.parametrize("fault", list(effects(PLAN, "compensate")), ids=str)
def test_an_undo_that_never_succeeds_is_parked_and_all_others_run(
    fault: Fault, record_property: Property
) -> None:
    rig, request = prepared("empty")
    saboteur = Saboteur(Saboteur(rig.runner, ROLLBACK), fault)

    saga = rig.run(rig.submit(ME, **request), saboteur)

    undone = {name for name, step in saga.steps.items() if step.status is not StepStatus.UNDONE}
    assert undone == {fault.step, "scan_image"}
    assert saga.steps[fault.step].status is StepStatus.UNDO_PARKED
    receipt = saga.workflow.receipt
    assert receipt is not None
    assert receipt.clean is (rig.world(ME) == prepared("empty")[0].world(ME))
    assert saga.workflow.status is (
        Status.COMPENSATED if receipt.clean else Status.COMPENSATED_WITH_LEFTOVERS
    )
    check_records(rig, saga)
    record_property("cell", "undone" if receipt.clean else "leftovers told")


@pytest.mark.parametrize(
    ("world", "number", "when", "_effect"),
    [cell for world in WORLDS for cell in every_outside_effect(world)],
)
def test_a_death_at_any_effect_there_and_back_leaves_the_world_as_it_was(
    world: str, number: int, when: str, _effect: str, record_property: Property
) -> None:
    wire = Tripwire(number, when)
    rig, request = prepared(world, wire)
    before = rig.world(ME)
    wire.armed = True

    saga = rig.run(rig.submit(ME, **request), Saboteur(rig.runner, ROLLBACK))

    assert len(wire.effects) >= number
    check_undone(rig, saga, before)
    record_property("cell", "undone")
