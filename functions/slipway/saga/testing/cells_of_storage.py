"""Storage that throttles, is down, or loses a response, and crashes around its calls: law 4."""

from collections.abc import Callable, Iterator

from slipway.saga.testing.baseline import known
from slipway.saga.testing.cells import Cell, Ground, NeverStruck
from slipway.saga.testing.faults import WHEN, Fault, StorageFault
from slipway.saga.testing.judgement import check_either, check_undone
from slipway.saga.testing.trial import Trial

_ENDS_THE_EXECUTION = {"aborted", "outage"}


def trouble_at_every_call(ground: Ground) -> Iterator[Cell]:
    """Law 4: at each storage call of a saga that completes and of one that is undone."""
    for way, faults in (("there", ()), ("back", (ground.rollback,))):
        for number, label in enumerate(ground.storage_calls(*faults), start=1):
            for fault in _kinds(number, label):
                if not faults or _ends_by_itself(ground, fault):
                    yield Cell(4, f"{way}-{fault}", _played(ground, faults, fault))


def die_when_begun_again(ground: Ground) -> Iterator[Cell]:
    """Law 4: an execution that was started again after a crash dies earlier than the first."""
    trial = _dead_at_the_last_step(Ground(known(ground.subject)))
    trial.restart()
    for number, label in enumerate(trial.store.calls, start=1):
        for kind in ("killed", "aborted"):
            fault = StorageFault(number, kind, "before", label)
            yield Cell(4, f"begun-again-{fault}", _begun_again(ground, fault))


def _begun_again(ground: Ground, fault: StorageFault) -> Callable[[], str]:
    def check() -> str:
        trial = _dead_at_the_last_step(ground)
        _disturb(trial, fault, trial.restart)
        return check_either(trial, ground.completed)

    return check


def _dead_at_the_last_step(ground: Ground) -> Trial:
    trial = ground.trial(Fault(ground.steps[-1], "aborted", "after", times=1))
    trial.play()
    trial.store.calls.clear()
    return trial


def _disturb(trial: Trial, fault: StorageFault, go: Callable[[], None]) -> None:
    """Run with the fault; a rescue continues if the fault ends the execution."""
    trial.store.fault = fault
    go()
    if not trial.store.struck:
        raise NeverStruck(fault, trial.saga)
    if fault.kind in _ENDS_THE_EXECUTION:
        trial.mend()
        trial.rescue()


def _ends_by_itself(ground: Ground, fault: StorageFault) -> bool:
    """An undo without retries is parked on its first failure, and waits for an operator."""
    return fault.kind in _ENDS_THE_EXECUTION or ground.has_patient_undos


def _kinds(number: int, label: str) -> Iterator[StorageFault]:
    for kind in ("throttled", "outage"):
        yield StorageFault(number, kind, "before", label)
    for kind in ("killed", "aborted"):
        for when in WHEN:
            yield StorageFault(number, kind, when, label)
    if label == "commit":
        yield StorageFault(number, "lost", "after", label)


def _played(ground: Ground, faults: tuple[Fault, ...], storage: StorageFault) -> Callable[[], str]:
    def check() -> str:
        trial = ground.trial(*faults)
        _disturb(trial, storage, trial.play)
        return _judged(ground, trial, back=bool(faults))

    return check


def _judged(ground: Ground, trial: Trial, *, back: bool) -> str:
    return check_undone(trial) if back else check_either(trial, ground.completed)
