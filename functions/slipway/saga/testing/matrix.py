"""Generates all cells of a subject, law by law."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from slipway.saga.testing import (
    cells_of_people,
    cells_of_rollbacks,
    cells_of_steps,
    cells_of_storage,
    cells_of_undos,
    cells_of_waiting,
)
from slipway.saga.testing.baseline import BaselineBroken, Flaw, flaw_of
from slipway.saga.testing.cells import Cell, Ground
from slipway.saga.testing.judgement import LawBroken
from slipway.saga.testing.subject import Subject

LAWS = {
    1: "Running a step twice has the effect of running it once",
    2: "Undoing twice has the effect of undoing once, and undoing nothing succeeds",
    3: "An undo that is followed by a late attempt of the step still ends undone",
    4: "A crash at any line leaves a state from which the saga ends without a person",
    5: "The step that failed is undone too, and steps that never began are not touched",
    6: "Undo goes in reverse order; one that keeps failing is parked, and the others run",
    7: "What existed before is never deleted, and what was changed is restored",
    8: "After a rollback the world equals the world before, as found by asking it",
    9: "The final status is true",
    10: "Cancel, duplicate start and a second workflow each have one defined outcome",
    11: "Event numbers have no gaps, and replaying the events gives the same views",
    12: "Once undoing has begun nothing runs forward again, and no undo is in flight twice",
}
Group = Callable[[Ground], Iterator[Cell]]
STORAGE: tuple[Group, ...] = (
    cells_of_storage.trouble_at_every_call,
    cells_of_storage.die_when_begun_again,
    cells_of_rollbacks.die_at_every_call,
)
GROUPS: tuple[Group, ...] = (
    cells_of_steps.run_twice,
    cells_of_undos.run_twice,
    cells_of_steps.land_late,
    cells_of_undos.die,
    cells_of_rollbacks.die,
    *STORAGE,
    cells_of_steps.fail,
    cells_of_undos.fail_until_mended,
    cells_of_undos.fail_for_ever,
    cells_of_steps.fail_where_an_older_one_succeeded,
    cells_of_steps.fail_in_the_middle,
    cells_of_steps.complete_too_early,
    cells_of_undos.give_up,
    cells_of_undos.look_in_vain,
    cells_of_people.cancel,
    cells_of_people.start_again,
    cells_of_people.replay,
    cells_of_undos.meet_a_restart,
    cells_of_waiting.look,
    cells_of_rollbacks.meet_a_restart,
)


def matrix(subject: Subject, *laws: int, storage: bool = True) -> Iterator[Cell]:
    """Yield the cells of the given laws; of all twelve if none is given.

    `storage=False` leaves out faults of storage calls, which are the same in every world of a saga.
    """
    ground = Ground(subject)
    if flaw := flaw_of(subject):
        yield Cell(0, "baseline", lambda: _refused(flaw))
        return
    for group in GROUPS:
        if group in STORAGE and not storage:
            continue
        for cell in group(ground):
            if not laws or cell.law in laws:
                yield replace(cell, check=_explained(ground, cell.check))


def _refused(flaw: Flaw) -> str:
    raise BaselineBroken(flaw)


def _explained(ground: Ground, check: Callable[[], str]) -> Callable[[], str]:
    """Run a failing cell again, observed, so that its message names the step responsible."""

    def explained() -> str:
        ground.stand()
        try:
            return check()
        except LawBroken as found:
            broken = found
        with ground.observed():
            check()
        raise broken

    return explained
