"""Sequences of commands, faults and time: whatever happens, the laws are kept after every event.

Each run tells other stories, but where Hypothesis repeats itself (its own rule for CI). What fails
is told with its seed: `SLIPWAY_SEED=…` repeats it.
"""

import os
import re

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.faults.pipelines import SUBJECTS
from tests.faults.test_order_saga import KETTLE, ORDERS, STEPS, FakeWorld
from tests.faults.test_plans_of_all_kinds import WAITING
from tests.faults.test_the_kit_bites import BROKEN, keep, with_step

from slipway.saga.testing import Fault, LawBroken, Subject
from slipway.saga.testing.cells import Ground
from slipway.saga.testing.sequences import Story, sequences

SEED = os.environ.get("SLIPWAY_SEED") or None
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
"""A story of the ten steps takes too long to be told a hundred times more for an explanation."""
_ORDERS = settings(max_examples=200, stateful_step_count=12, deadline=None)
_STEPS = settings(
    max_examples=50,
    stateful_step_count=6,
    deadline=None,
    phases=_PHASES,
    suppress_health_check=[HealthCheck.too_slow],
)
ORDER = Subject(plan=ORDERS, steps=STEPS, world=FakeWorld, request=KETTLE)

TestOrders = sequences(ORDER, _ORDERS, SEED)
TestOrdersThatWait = sequences(WAITING, _ORDERS, SEED)
TestTheTenSteps = sequences(SUBJECTS["older"], _STEPS, SEED)


def told_by_a_bad_saga(seed: str | None) -> LawBroken:
    """Of orders whose store loses events."""
    (losing,) = BROKEN[11].values()
    few = settings(max_examples=50, deadline=None, database=None, phases=_PHASES, derandomize=False)
    with pytest.raises(LawBroken) as found:
        sequences(losing, few, seed)("runTest").debug()
    return found.value


def test_a_story_that_breaks_a_law_is_short_and_its_seed_repeats_it() -> None:
    first = told_by_a_bad_saga(None)
    (seed,) = re.findall(r"seed='(\w+)'", "\n".join(first.__notes__))

    again = told_by_a_bad_saga(seed)

    assert again.__notes__ == first.__notes__
    assert "state.start(fault=None, storage=None)" in again.__notes__
    assert not [line for line in again.__notes__ if line.startswith("state.rescue")]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("step", ["reserve", "ship"])
def test_an_undo_that_does_nothing_is_found_whatever_is_drawn(step: str, seed: int) -> None:
    """By every story that completes: at its end it is rolled back."""
    subject = with_step(step, STEPS[step][0], keep)

    with pytest.raises(LawBroken) as found:
        sequences(subject, seed=seed)("runTest").debug()

    assert found.value.law == 8
    assert "state.start(fault=None, storage=None)" in found.value.__notes__


def test_a_rollback_on_request_dies_in_a_story_and_a_rescue_takes_it_over() -> None:
    story = Story(Ground(ORDER))
    story.start(None, None)

    story.roll_back(Fault("charge", "aborted", "before", "compensate", times=1), None)
    story.check()
    half = story.trial.saga
    story.start(None, None)
    story.wait()
    story.rescue(None, None)
    story.check()

    assert (half.workflow.status, half.steps["ship"].status) == ("COMPENSATING", "UNDONE")
    assert story.trial.saga.workflow.status == "COMPENSATED"
    story.end()
