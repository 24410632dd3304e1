"""The steps keep the twelve laws, in every world that they may find. Driven in this process."""

from collections.abc import Iterator

import pytest
from tests.faults.pipelines import SUBJECTS, subject
from tests.faults.tripwire import Tripwire
from tests.faults.worlds import WORLDS

from slipway.saga.testing import Property, laws_of
from slipway.saga.testing.cells import Ground
from slipway.saga.testing.faults import WHEN
from slipway.saga.testing.judgement import check_undone
from slipway.saga.testing.laws import CELL

OLDER = {"older": SUBJECTS["older"]}
OTHERS = {name: SUBJECTS[name] for name in WORLDS if name != "older"}

test_law_01_a_step_that_runs_twice_has_the_effect_of_one = laws_of(SUBJECTS, 1)
test_law_02_an_undo_that_runs_twice_or_finds_nothing_succeeds = laws_of(SUBJECTS, 2)
test_law_03_a_step_that_lands_after_its_undo_ends_undone = laws_of(SUBJECTS, 3)
test_law_04_a_crash_anywhere_ends_without_a_person = laws_of(OLDER, 4)
test_law_04_a_crash_of_a_step_ends_without_a_person = laws_of(OTHERS, 4, storage=False)
test_law_05_the_step_that_failed_is_undone_and_no_later_one = laws_of(SUBJECTS, 5)
test_law_06_an_undo_that_keeps_failing_is_parked_and_the_others_run = laws_of(SUBJECTS, 6)
test_law_07_what_existed_before_is_as_it_was = laws_of(SUBJECTS, 7)
test_law_08_after_a_rollback_the_world_is_as_it_was = laws_of(SUBJECTS, 8)
test_law_09_the_final_status_is_true = laws_of(SUBJECTS, 9)
test_law_10_cancels_and_starts_have_one_outcome_each = laws_of(SUBJECTS, 10)
test_law_11_events_have_no_gaps_and_tell_it_all = laws_of(OLDER, 11)
test_law_12_nothing_runs_forward_after_an_undo = laws_of(SUBJECTS, 12)


def every_outside_effect() -> Iterator[object]:
    """Of a whole rollback, on engine and cluster."""
    for world in WORLDS:
        wire = Tripwire()
        rollback(world, wire)
        for number, effect in enumerate(wire.effects, start=1):
            for when in WHEN:
                name = f"{world}-law-04-{when}-{effect.partition(' ')[0]}-{number}"
                yield pytest.param(world, number, when, id=name)


def rollback(world: str, wire: Tripwire) -> str:
    ground = Ground(subject(world, wire))
    trial = ground.trial(ground.rollback)
    trial.submit()
    wire.armed = True
    trial.run()
    wire.armed = False
    return check_undone(trial)


@pytest.mark.parametrize(("world", "number", "when"), list(every_outside_effect()))
def test_law_04_a_death_at_any_effect_there_and_back_ends_without_a_person(
    world: str, number: int, when: str, record_property: Property
) -> None:
    wire = Tripwire(number, when)

    end = rollback(world, wire)

    assert len(wire.effects) >= number
    record_property(CELL, end)
