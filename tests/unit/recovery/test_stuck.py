"""What nobody drives any more is found and rescued; what may go on is left alone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.faults.rig import Rig
from tests.unit.recovery.test_sweep import LEFT, ME, Machine
from tests.unit.streams.test_project_and_relay import Bus

from recovery.stuck import longest_silence
from recovery.sweep import Sweeper
from slipway.messages.sweeping import Sweep, SweepReport
from slipway.saga import Change, Unavailable, transitions
from slipway.saga.environment import Environment
from slipway.saga.state import Cancel
from steps import PLAN


def sweep_later(
    rig: Rig,
    machine: Machine,
    by: timedelta,
    here: Environment = Environment(),  # noqa: B008  (frozen)
    **order: Any,
) -> SweepReport:
    now = rig.store.load(LEFT).workflow.created_at + by
    return Sweeper(
        Sweep(**order), rig.store, machine, {}, ME, Bus(), rig.workspace, here, lambda: now
    ).run()


LONG = longest_silence(PLAN) + timedelta(seconds=1)


def test_a_workflow_that_nothing_drives_is_rescued_once() -> None:
    rig, machine = Rig(), Machine()
    rig.submit(LEFT)

    first, second = (sweep_later(rig, machine, LONG).rescued for _ in range(2))

    assert [each.workflow_id for each in first] == [LEFT]
    assert second == ()
    assert rig.store.load(LEFT).workflow.in_charge == f"{LEFT}-undo-2"


def test_one_whose_rescue_never_began_is_rescued_again_after_as_long_a_silence() -> None:
    rig, machine = Rig(), Machine()
    rig.submit(LEFT)
    sweep_later(rig, machine, LONG)

    assert sweep_later(rig, machine, LONG + LONG).rescued
    assert rig.store.load(LEFT).workflow.in_charge == f"{LEFT}-undo-3"


@pytest.mark.parametrize(
    ("running", "silence"),
    [((LEFT,), LONG), ((), timedelta(minutes=5))],
    ids=["its execution runs", "a step may be at work"],
)
def test_a_workflow_that_may_go_on_is_left_alone(
    running: Sequence[str], silence: timedelta
) -> None:
    rig = Rig()
    rig.submit(LEFT)

    assert sweep_later(rig, Machine(*running), silence).rescued == ()


def test_a_dry_run_names_the_stuck_and_leaves_them() -> None:
    rig = Rig()
    rig.submit(LEFT)

    report = sweep_later(rig, Machine(), LONG, dry_run=True)

    assert [(each.workflow_id, each.rescued) for each in report.rescued] == [(LEFT, False)]
    assert rig.store.load(LEFT).workflow.execution is None


def test_a_workflow_that_is_over_is_never_stuck() -> None:
    rig = Rig()
    rig.run(rig.submit(LEFT))

    assert sweep_later(rig, Machine(), LONG).rescued == ()


def test_the_silence_is_longer_than_any_step() -> None:
    assert all(longest_silence(PLAN).total_seconds() > step.timeout_s for step in PLAN)


SECOND, THIRD = "wf_cccccccccccccccccccccccc", "wf_dddddddddddddddddddddddd"


def waits(rig: Rig, workflow_id: str, *, before: str = LEFT) -> None:
    """For the target that `before` works on."""
    like = rig.store.load(before).workflow
    waiting = {"workflow_id": workflow_id, "version": 0, "waits_for": before}
    rig.store.commit(transitions.requested(like.model_copy(update=waiting), None))


def cancel(rig: Rig, workflow_id: str) -> None:
    saga = rig.store.load(workflow_id)
    said = Cancel(reason="no", requested_at=saga.workflow.created_at, requested_by="anna")
    rig.store.commit(transitions.cancel_requested(saga, said, None))


def test_one_that_waits_for_its_turn_has_no_execution_and_is_not_stuck() -> None:
    rig = Rig()
    rig.submit(LEFT)
    waits(rig, SECOND)

    assert sweep_later(rig, Machine(LEFT), LONG).rescued == ()
    assert rig.store.load(SECOND).workflow.waits_for == LEFT


def test_one_that_acts_elsewhere_is_named_and_left_to_a_sweep_there() -> None:
    rig = Rig()
    saga = rig.store.load(rig.submit(LEFT))
    placed = saga.workflow.model_copy(update={"world": {"cluster": "https://blue.example"}})
    rig.store.commit(Change(saga.workflow.version, placed))
    green, blue = (
        Environment({"cluster": f"https://{name}.example"}) for name in ("green", "blue")
    )

    (left,) = sweep_later(rig, Machine(), LONG, here=green).rescued
    (rescued,) = sweep_later(rig, Machine(), LONG, here=blue).rescued

    assert (left.rescued, rescued.rescued) == (False, True)
    assert "https://blue.example" in left.why


def test_one_that_was_cancelled_while_it_waited_is_rescued_when_nothing_ends_it() -> None:
    """Nobody passes those who wait: it would block its target for good."""
    rig, machine = Rig(), Machine(LEFT)
    rig.submit(LEFT)
    waits(rig, SECOND)
    cancel(rig, SECOND)

    ends = sweep_later(rig, Machine(LEFT, SECOND), LONG).rescued
    first = sweep_later(rig, machine, LONG).rescued
    again = sweep_later(rig, machine, LONG + LONG).rescued

    assert ends == ()
    assert [each.workflow_id for each in (*first, *again)] == [SECOND, SECOND]
    assert rig.store.load(SECOND).workflow.in_charge == f"{SECOND}-undo-4"


def test_one_whose_admission_was_lost_is_let_in_and_the_next_one_still_waits() -> None:
    rig = Rig()
    rig.submit(LEFT)
    waits(rig, SECOND)
    waits(rig, THIRD)
    rig.run(LEFT)

    dry = sweep_later(rig, Machine(), LONG, dry_run=True).rescued
    waiting = rig.store.load(SECOND).workflow.waits_for
    wet = sweep_later(rig, Machine(), LONG).rescued

    assert [(each.workflow_id, each.rescued) for each in dry] == [(SECOND, False)]
    assert waiting == LEFT
    assert [(each.workflow_id, each.rescued) for each in wet] == [(SECOND, True)]
    assert rig.store.events(SECOND)[-1].type == "slipway.workflow.admitted"
    assert rig.store.load(THIRD).workflow.waits_for == LEFT


class HalfDeaf(Machine):
    """Does not say whether this one runs."""

    def __init__(self, deaf_to: str) -> None:
        super().__init__()
        self.deaf_to = deaf_to

    def is_running(self, execution: str) -> bool:
        if execution == self.deaf_to:
            raise Unavailable("aws_unavailable", "Step Functions is busy")
        return super().is_running(execution)


def test_one_that_nothing_can_be_learnt_of_stops_no_other() -> None:
    rig = Rig()
    rig.submit(LEFT)
    rig.submit(SECOND, app={"name": "second"})

    report = sweep_later(rig, HalfDeaf(LEFT), LONG)

    assert [each.workflow_id for each in report.rescued] == [SECOND]
    assert [(each.part, each.workflow_id, each.message) for each in report.unreachable] == [
        ("workflows", LEFT, "Step Functions is busy")
    ]


def test_one_whose_turn_has_come_elsewhere_is_not_let_in_here() -> None:
    rig = Rig()
    rig.submit(LEFT)
    waits(rig, SECOND)
    rig.run(LEFT)
    saga = rig.store.load(SECOND)
    placed = saga.workflow.model_copy(update={"world": {"cluster": "https://blue.example"}})
    rig.store.commit(Change(saga.workflow.version, placed))

    (told,) = sweep_later(
        rig, Machine(), LONG, here=Environment({"cluster": "https://green"})
    ).rescued

    assert (told.workflow_id, told.rescued) == (SECOND, False)
    assert rig.store.load(SECOND).workflow.waits_for == LEFT
