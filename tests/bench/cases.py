"""The cases in which other engines of workflows leave things behind, played on ours.

Each is a way of failing that was seen elsewhere. The steps play it on stand-ins, in a world in
which version 1 of the application serves; what is left is told by comparing that world.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.figures import say, show
from tests.faults.pipelines import SUBJECTS
from tests.faults.stages import ROLLBACK
from tests.faults.worlds import ME

from slipway.saga import Status
from slipway.saga.testing import Fault, Subject, Trial
from slipway.saga.testing.cells import Ground

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


def _cancelled_and_late(trial: Trial) -> None:
    def cancel_and_undo() -> None:
        trial.cancel()
        trial.undo(ME)

    trial.strikes["cancelled-and-undone"] = cancel_and_undo
    _planted(_late("cancelled-and-undone"))(trial)


def _timed_out_and_late(trial: Trial) -> None:
    _planted(_late("timed-out"))(trial)


def _late(kind: str) -> Fault:
    """Nobody waits for the step: all is undone, its own undo included, and then it has its effect.

    Not by a push: without the image, which is gone by then, there is no late one.
    """
    step, effect = "deploy_application", "cluster.apply"
    calls = Ground(SUBJECTS["older"]).calls["execute", step]
    return Fault(step, kind, "before", "execute", calls.index(effect) + 1, 1, effect)


CASES = (
    Case("an undo never works, a person gives it up", _undo_never_works),
    Case("a restart after a clean rollback", _restarted),
    Case("a cancel in mid-step, the effect lands after its undo", _cancelled_and_late),
    Case(
        "an undo in flight twice",
        _planted(ROLLBACK, Fault(STEP, "second-pass", "before", "compensate", times=1)),
    ),
    Case("a kill during the rollback", _killed_in_its_undo),
    Case("a step times out, the effect lands after its undo", _timed_out_and_late),
    Case(
        "a step in flight twice, then a failure",
        _planted(Fault(STEP, "again", "before", times=1), ROLLBACK),
    ),
    Case(
        "a step acts and dies, its undo has no result to go by",
        _planted(Fault(STEP, "killed", "after")),
    ),
)


NOT_PLAYED = (
    "Parallel steps in flight: cannot occur. A plan is a line, one step acts at a time.",
    "An undo written against its step's result: none is here, all go by what was noted before it.",
)


@dataclass(frozen=True)
class Ending:
    """`left` names what differs from the world before; `told`: whether the status says so too."""

    left: tuple[str, ...]
    status: Status
    told: bool


def compare() -> None:
    show(
        "cases in which something is left behind elsewhere",
        ("case", "left behind", "status", "told truthfully"),
        [_row(case.name, ending(case)) for case in CASES],
    )
    for why in NOT_PLAYED:
        say(why)


def ending(case: Case, subject: Subject = SUBJECTS["older"]) -> Ending:
    trial = Trial(subject)
    case.play(trial)
    workflow = trial.saga.workflow
    left = tuple(sorted(_differences(trial.before, trial.world.snapshot())))
    clean = workflow.status is Status.COMPENSATED
    named = not clean and workflow.receipt is not None and not workflow.receipt.clean
    return Ending(left, workflow.status, named if left else clean)


def _row(name: str, end: Ending) -> tuple[str, str, str, str]:
    return name, ", ".join(end.left) or "nothing", end.status, "yes" if end.told else "NO"


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
