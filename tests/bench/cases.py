"""The cases in which other engines of workflows leave things behind, played on ours.

Each is a way of failing that was seen elsewhere. The steps play it on stand-ins, in a world in
which version 1 of the application serves; what is left is told by comparing that world.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.figures import show
from tests.faults.pipelines import SUBJECTS
from tests.faults.stages import ROLLBACK

from slipway.saga import Status
from slipway.saga.testing import Fault, Trial

STEP = "push_image"
Play = Callable[[Trial], None]


@dataclass(frozen=True)
class Case:
    name: str
    play: Play


def _planted(*faults: Fault) -> Play:
    def play(trial: Trial) -> None:
        for fault in faults:
            trial.sabotage(fault)
        trial.play()

    return play


def _undo_never_works(trial: Trial) -> None:
    """A person is asked, and gives it up."""
    trial.decision = "skip"
    _planted(ROLLBACK, Fault(STEP, "unavailable", "before", "compensate"))(trial)


def _restarted(trial: Trial) -> None:
    _planted(ROLLBACK)(trial)
    trial.restart()


def _killed_in_its_undo(trial: Trial) -> None:
    _planted(ROLLBACK, Fault(STEP, "aborted", "before", "compensate", times=1))(trial)
    trial.rescue()


CASES = (
    Case("an undo never works, a person gives it up", _undo_never_works),
    Case("a restart after a clean rollback", _restarted),
    Case(
        "a cancel in mid-step, the effect lands late",
        _planted(Fault(STEP, "cancelled", "before", times=1)),
    ),
    Case(
        "an undo in flight twice",
        _planted(ROLLBACK, Fault(STEP, "second-pass", "before", "compensate", times=1)),
    ),
    Case("a kill during the rollback", _killed_in_its_undo),
    Case(
        "a step times out and lands after its undo",
        _planted(Fault(STEP, "timed-out", "before", times=1)),
    ),
    Case(
        "a step in flight twice, then a failure",
        _planted(Fault(STEP, "again", "before", times=1), ROLLBACK),
    ),
    Case(
        "a step acts and dies without a result",
        _planted(Fault(STEP, "killed", "after")),
    ),
)


def compare() -> None:
    show(
        "cases in which something is left behind elsewhere",
        ("case", "left behind", "status", "told truthfully"),
        [_row(case) for case in CASES],
    )


def _row(case: Case) -> tuple[str, str, str, str]:
    trial = Trial(SUBJECTS["older"])
    case.play(trial)
    workflow = trial.saga.workflow
    left = sorted(_differences(trial.before, trial.world.snapshot()))
    clean = workflow.status is Status.COMPENSATED
    named = not clean and workflow.receipt is not None and not workflow.receipt.clean
    told = clean if not left else named
    return case.name, ", ".join(left) or "nothing", workflow.status, "yes" if told else "NO"


def _differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Names of what is there, gone or different, down to the innermost mapping."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        if before != after:
            yield path
        return
    for key in before.keys() | after.keys():
        name = key if isinstance(key, str) else ":".join(map(str, key))
        if key in before and key in after:
            yield from _differences(before[key], after[key], name)
        else:
            yield name
