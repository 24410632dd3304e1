"""Attributes changes of the world to steps, by snapshots before and after their functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from slipway.saga.errors import StepError
from slipway.saga.testing.difference import Change, differences, in_words

OUTSIDE = "outside"
"""The action of work that continues after the step's function, and of the polls for its end."""
Entry = tuple[str, str]
"""The action (execute, compensate, outside) and the step."""


class Observer(Protocol):
    """Notified before a step's function is called, and afterwards with its error or None."""

    def enter(self, entry: Entry) -> None: ...
    def leave(self, error: BaseException | None) -> None: ...
    def forget(self) -> None: ...


class Unobserved:
    def enter(self, entry: Entry) -> None:
        """Do nothing."""

    def leave(self, error: BaseException | None) -> None:
        """Do nothing."""

    def forget(self) -> None:
        """Do nothing."""


@dataclass
class Act:
    """One call of a step's function and its own changes, without those of calls nested in it."""

    action: str
    step: str
    changes: list[Change] = field(default_factory=list)
    error: BaseException | None = None

    def touched(self, change: Change) -> bool:
        return any(each.touches(change) for each in self.changes)


class Chronicle:
    """An observer that attributes differences to steps. Snapshots must not be live objects."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look, self._seen = look, look()
        self._acts: list[Act] = []
        self._inside: list[Act] = []

    def enter(self, entry: Entry) -> None:
        self._attribute()
        act = Act(*entry)
        self._acts.append(act)
        self._inside.append(act)

    def leave(self, error: BaseException | None) -> None:
        self._attribute()
        self._inside.pop().error = error

    def forget(self) -> None:
        """Attribute nothing that has happened so far to any step."""
        self._acts.clear()
        self._seen = self._look()

    def told(self, changes: Sequence[Change]) -> str:
        """Describe the differences, grouped by the step responsible."""
        by: dict[str, list[Change]] = {}
        for change in changes:
            by.setdefault(self._blame(change), []).append(change)
        return " | ".join(f"{in_words(each)}; {blame}" for blame, each in by.items())

    def culprit(self, changes: Sequence[Change]) -> str | None:
        """The last step that touched the first of these changes."""
        acts = [act for change in changes[:1] for act in self._acts if act.touched(change)]
        return acts[-1].step if acts else None

    @property
    def raised(self) -> tuple[str, Exception] | None:
        """The last step whose execute raised an Exception, and that exception."""
        for act in reversed(self._acts):
            if act.action == "execute" and isinstance(act.error, Exception):
                return act.step, act.error
        return None

    def _attribute(self) -> None:
        seen, self._seen = self._seen, self._look()
        if self._inside:
            self._inside[-1].changes += differences(seen, self._seen)

    def _blame(self, change: Change) -> str:
        touching = [act for act in self._acts if act.touched(change)]
        if not touching:
            return "not done by any step's function"
        last = touching[-1]
        if last.action == "compensate":
            return self._undone_wrongly(change, last, touching)
        did = f"{_deed(change)} by {last.step}"
        if _calls_itself_clean(last) or any(act.action == "compensate" for act in self._acts):
            return f"{did}, {self._left(change, last)}"
        runs = [(act.action, act.step) for act in self._acts].count(("execute", last.step))
        return f"{did}, which ran {runs} times" if runs > 1 else did

    def _left(self, change: Change, done: Act) -> str:
        undos = [a for a in self._acts if (a.action, a.step) == ("compensate", done.step)]
        if not undos:
            clean = _calls_itself_clean(done)
            return "whose undo never ran" + (", because of clean=True" if clean else "")
        after = [undo for undo in undos if self._index(undo) > self._index(done)]
        if not after:
            return "which acted after its undo and was not undone again"
        if error := after[-1].error:
            return f"whose undo failed: {error!r}"
        instead = [each for undo in after for each in undo.changes if not each.touches(change)]
        others = [each for each in instead if not self._is_of(done.step, each)]
        aside = f", and did something else: {in_words(others)}" if others else ""
        return f"whose undo did not revert it{aside}"

    def _is_of(self, step: str, change: Change) -> bool:
        """Whether the step itself made this change: then its undo may change it too."""
        of_step = (act for act in self._acts if act.step == step and act.action != "compensate")
        return any(act.touched(change) for act in of_step)

    def _index(self, act: Act) -> int:
        return next(number for number, each in enumerate(self._acts) if each is act)

    def _undone_wrongly(self, change: Change, undo: Act, touching: Sequence[Act]) -> str:
        makers = [act.step for act in touching if act.action != "compensate"]
        if change.vanished:
            return f"deleted by the undo of {undo.step}, although it existed before"
        if not makers:
            return f"{_deed(change)} by the undo of {undo.step}"
        if undo.step not in makers:
            return f"{_deed(change)} by {makers[-1]}, but the undo of {undo.step} changed it too"
        times = makers.count(undo.step)
        often = f", which ran {times} times" if times > 1 else ""
        return f"{_deed(change)} by {undo.step}{often}, whose undo did not restore it"


def _calls_itself_clean(act: Act) -> bool:
    """Whether it raised an error with `clean=True`."""
    return isinstance(act.error, StepError) and act.error.clean


def _deed(change: Change) -> str:
    return "made" if change.appeared else "deleted" if change.vanished else "changed"
