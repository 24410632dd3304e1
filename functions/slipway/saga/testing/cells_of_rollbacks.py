"""Rollbacks of completed sagas that die or meet a restart: laws 4 and 12."""

from collections.abc import Callable, Iterator

from slipway.saga import operations, transitions
from slipway.saga.errors import Rejected
from slipway.saga.state import Rollback, Saga, Status
from slipway.saga.store import Change
from slipway.saga.testing.baseline import known
from slipway.saga.testing.cells import Cell, Ground, NeverStruck
from slipway.saga.testing.faults import WHEN, Fault, StorageFault
from slipway.saga.testing.judgement import check_once_at_a_time, check_undone, expect, expect_same
from slipway.saga.testing.trial import ME, Trial
from slipway.saga.testing.wording import entered
from slipway.saga.update import update

_FATAL = ("killed", "aborted")
After = Callable[[Trial], str]


def roll_back(trial: Trial) -> None:
    """Request a rollback as the command does, and start its execution as the relay does."""

    def decide(saga: Saga) -> Change:
        asked = Rollback(reason="not wanted", requested_at=trial.now, requested_by="anna")
        return operations.rollback_requested(saga, asked, None)

    _undo(trial, decide)


def take_over(trial: Trial) -> None:
    """A rescue: a new execution replaces the one in charge, which is dead."""
    trial.mend()
    trial.wait()
    put_in_charge(trial)


def put_in_charge(trial: Trial) -> None:
    """Start a new undo-only execution, unless the workflow is finished."""
    if not trial.saga.workflow.is_over:
        _undo(trial, lambda saga: transitions.undo_requested(saga, "it died", trial.now))


def _undo(trial: Trial, decide: Callable[[Saga], Change]) -> None:
    trial.store.armed = False
    asked = update(trial.store, ME, decide)
    trial.undo(asked.workflow.in_charge, trial.struck_runner)


def die(ground: Ground) -> Iterator[Cell]:
    """Law 4: the function of any undo dies, or its execution."""
    for kind in _FATAL:
        for fault in ground.at_every_step(kind, "compensate", times=1):
            if kind == "aborted" or ground.is_tried_again(fault):
                yield _cell(ground, 4, fault, _rescued)


def die_at_every_call(ground: Ground) -> Iterator[Cell]:
    """Law 4: a crash at each storage call of the rollback."""
    trial = _completed(Ground(known(ground.subject)))
    roll_back(trial)
    for number, label in enumerate(trial.store.calls, start=1):
        for kind in _FATAL if ground.has_patient_undos else ("aborted",):
            for when in WHEN:
                yield _cell(ground, 4, StorageFault(number, kind, when, label), _rescued)


def meet_a_restart(ground: Ground) -> Iterator[Cell]:
    """Law 12: the first execution is restarted during the rollback, after a crash, or after it."""
    for fault in ground.at_every_step("restarted", "compensate", times=1):
        yield _cell(ground, 12, fault, check_once_at_a_time)
    for fault in ground.at_every_step("aborted", "compensate", times=1):
        yield _cell(ground, 12, fault, _restarted_first)
    yield Cell(12, "rolled-back-and-all-over-again", lambda: _all_over_again(ground))


def _cell(ground: Ground, law: int, fault: Fault | StorageFault, after: After) -> Cell:
    def check() -> str:
        trial = _completed(ground)
        if isinstance(fault, Fault):
            trial.sabotage(fault)
        else:
            trial.store.fault = fault
        roll_back(trial)
        if not trial.struck:
            raise NeverStruck(fault, trial.saga)
        return after(trial)

    return Cell(law, f"rolled-back-{fault}", check)


def _completed(ground: Ground) -> Trial:
    trial = ground.trial()
    trial.play()
    ended = trial.saga.workflow.status
    expect(ended is Status.COMPLETED, 9, f"no fault occurred, but it ended {ended}")
    trial.store.calls.clear()
    return trial


def _rescued(trial: Trial) -> str:
    take_over(trial)
    return check_undone(trial)


def _restarted_first(trial: Trial) -> str:
    """After a crash of the rollback the first execution is restarted, before a rescue."""
    undone = list(trial.diary.entries)
    trial.wait()
    trial.restart(ME)
    again = trial.diary.entries[len(undone) :]
    expect(not again, 12, f"an execution that is no longer in charge entered {entered(again)}")
    return _rescued(trial)


def _all_over_again(ground: Ground) -> str:
    trial = _completed(ground)
    roll_back(trial)
    ended, entries = trial.saga, list(trial.diary.entries)
    trial.restart(ME)
    for step in ground.steps:
        error = trial.deliver("execute", step)
        expect(
            isinstance(error, Rejected), 12, f"{step} was delivered late and not refused: {error!r}"
        )
        trial.deliver("compensate", step, ended.workflow.in_charge)
    expect_same(trial, 12, ended)
    again = trial.diary.entries[len(entries) :]
    expect(not again, 12, f"entered after the end: {entered(again)}")
    return check_undone(trial)
