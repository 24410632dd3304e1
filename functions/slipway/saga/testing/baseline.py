"""Checks a subject without faults before any cell runs; reports a flaw with cause and fix."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TypeVar

from slipway.saga.driver import InProcessDriver
from slipway.saga.failures import text_of
from slipway.saga.memory import MemoryStore
from slipway.saga.plan_validation import InvalidPlan, check_steps, validate_plan
from slipway.saga.state import Status
from slipway.saga.testing.difference import differences, in_words
from slipway.saga.testing.escapes import StepEscaped, contained
from slipway.saga.testing.faults import Fault, Killed
from slipway.saga.testing.subject import Subject, World
from slipway.saga.testing.trial import Trial
from slipway.saga.testing.wording import cause, hides_what_it_did

T = TypeVar("T")
_COPY = "return copies from snapshot(), such as dict(…) or sorted(…), that == compares by value"
_LOOK = "give it (do, undo, None, look), and let the world's `meanwhile()` finish the work"
_FRESH = "create all state of the world in its __init__"
_DERIVED = "derive every name and number in the steps from the workflow's id"
_MAKES = "give the class of the world, or a function that creates one"


class BaselineBroken(AssertionError):  # noqa: N818  (named by the condition)
    """No cell can run. `told`: an earlier cell has reported the flaw already."""

    def __init__(self, flaw: "Flaw", *, told: bool = False) -> None:
        super().__init__(f"{flaw}\nNo fault was injected. No cell runs until this is fixed.")
        self.by, self.told = flaw.by, told


class Flaw(Exception):  # noqa: N818  (named by the condition)
    """What is wrong, how to fix it, and the step at fault, if it is one."""

    def __init__(self, what: str, fix: str, by: str | None = None) -> None:
        super().__init__(f"{what}\nFix: {fix}.")
        self.by = by


def known(subject: Subject) -> Subject:
    """On the in-process driver and store: cells are generated there, the same for all drivers."""
    return replace(subject, drive=InProcessDriver, store=MemoryStore)


@cache
def flaw_of(subject: Subject) -> Flaw | None:
    """None if an undisturbed saga of the subject completes, and its snapshots can be compared."""
    try:
        _fits(lambda: check_steps(subject.plan, subject.steps))
        world = _made(subject)
        _check_steps(subject, world)
        seen = _snapshot(world)
        _check_stable(world, seen)
        _check_alike("two new worlds differ", seen, _snapshot(_made(subject)), _COPY)
        one, other = _completed(subject, observed=True), _completed(subject)
        _check_alike(
            "a new world contains state of an earlier one", seen, _snapshot(_made(subject)), _FRESH
        )
        _check_alike("two undisturbed sagas leave different worlds", one, other, _DERIVED)
        _check_undos_end(Trial(known(subject)), subject)
    except Flaw as flaw:
        return flaw
    return None


def _made(subject: Subject) -> World:
    given: object = subject.world
    if not callable(given):
        raise Flaw(
            f"world= is a single {type(given).__name__}, but each cell needs its own", _MAKES
        )
    return _theirs("the world", "fix the function that creates it", subject.world)


def _completed(subject: Subject, *, observed: bool = False) -> object:
    trial = Trial(known(subject), observed=observed)
    check_completes(trial)
    return _snapshot(trial.world)


def check_completes(trial: Trial) -> None:
    """Raises Flaw."""
    alive, before = trial.before, repr(trial.before)
    _played(trial)
    workflow = trial.saga.workflow
    if step := trial.plain.tired:
        raise Flaw(f"{step} never stops waiting: its work outside never ends", _LOOK, step)
    if workflow.status is not Status.COMPLETED:
        raise _incomplete(trial)
    if repr(alive) != before:
        raise Flaw("the earlier snapshot has changed: it is a live object, not a copy", _COPY)


def _incomplete(trial: Trial) -> Flaw:
    workflow, left = trial.saga.workflow, trial.differs_from(trial.before)
    by = workflow.error.step if workflow.error else None
    ended = f"the saga ends {workflow.status}"
    if workflow.error or trial.failure:
        ended = f"{cause(trial.saga) if workflow.error else repr(trial.failure)}; {ended}"
    if workflow.status is not Status.COMPENSATED_WITH_LEFTOVERS or not left:
        return Flaw(ended, "fix the step, or its world", by)
    if step := hides_what_it_did(trial.saga):
        fix = f"set clean=True in {step} only where it has done nothing yet"
    else:
        fix = "fix the step, or its undo"
    return Flaw(f"{ended} and leaves: {left}", fix, by)


def _check_undos_end(trial: Trial, subject: Subject) -> None:
    """Checks only that no undo ends the process; the cells judge what an undo does."""
    trial.sabotage(Fault(subject.plan.forward[-1].name, "rejected", "after"))
    _played(trial)


def _played(trial: Trial) -> None:
    try:
        trial.play()
    except StepEscaped as escaped:
        raise Flaw(str(escaped), escaped.fix) from None


def _check_steps(subject: Subject, world: World) -> None:
    for name in ("ports", "snapshot"):
        if not hasattr(world, name):
            what = f"{type(world).__name__} has no {name}"
            raise Flaw(what, "a world needs `ports`, by name, and `snapshot()`")
    fix = "set request= to what the plan's request accepts"
    _theirs("the request", fix, lambda: subject.asked(world))
    _theirs("making the steps", "fix steps=", lambda: subject.behaviours(world))
    _fits(lambda: validate_plan(subject.plan, subject.steps, world.ports, "the world's `ports`"))


def _fits(check: Callable[[], None]) -> None:
    try:
        check()
    except InvalidPlan as invalid:
        raise Flaw(invalid.what, invalid.fix) from None


def _snapshot(world: World) -> object:
    return _theirs(
        "snapshot()", "fix it: it must be read-only and callable at any time", world.snapshot
    )


def _check_stable(world: World, seen: object) -> None:
    again = _snapshot(world)
    if _same(seen, again):
        return
    changes = [
        change for change in differences(seen, again) if repr(change.was) != repr(change.now)
    ]
    found = in_words(changes) or f"two with the same repr, {seen!r}, are not equal"
    raise Flaw(f"two snapshots of an untouched world differ: {found}", _COPY)


def _check_alike(what: str, one: object, other: object, fix: str) -> None:
    if not _same(one, other):
        found = in_words(differences(one, other)) or f"{one!r} is not {other!r}"
        raise Flaw(f"{what}: {found}", fix)


def _same(one: object, other: object) -> bool:
    return _theirs("comparing two snapshots", _COPY, lambda: bool(one == other))


def _theirs(what: str, fix: str, call: Callable[[], T]) -> T:
    """Call code of the subject under test. Any error becomes a Flaw."""
    escaped: list[BaseException] = []
    try:
        return contained(call, escaped.append)
    except Killed:
        raise Flaw(f"{what} raises {escaped[0]!r}", fix) from None
    except Exception as error:  # noqa: BLE001  (any error becomes a Flaw)
        raise Flaw(f"{what} raises {type(error).__name__}: {text_of(error)}", fix) from None
