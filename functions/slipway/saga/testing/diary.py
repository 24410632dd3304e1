"""Records which functions of steps were called, forward or undo, in order."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from slipway.saga.step import Behaviour, RunsSteps
from slipway.saga.testing.chronicle import OUTSIDE, Entry, Observer, Unobserved
from slipway.saga.testing.escapes import contained
from slipway.saga.testing.saboteur import mortal


class Diary:
    """`escaped` is the first error that would have ended the process, and where it was raised."""

    def __init__(self, observer: Observer | None = None) -> None:
        self.entries: list[Entry] = []
        self.escaped: tuple[Entry, BaseException] | None = None
        self._observer = observer or Unobserved()
        self.most_at_once: Counter[Entry] = Counter()
        self._inside: Counter[Entry] = Counter()
        self._closed = False

    def forget(self) -> None:
        self.entries.clear()
        self._observer.forget()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Suspend recording: late undos after the end are judged by the world alone."""
        self._closed = True
        try:
            yield
        finally:
            self._closed = False

    def of(self, action: str) -> list[str]:
        """The steps of which this action was called, in order."""
        return [step for what, step in self.entries if what == action]

    def noting(self, behaviour: Behaviour) -> Behaviour:
        return replace(
            behaviour,
            execute=self._noted(("execute", behaviour.name), behaviour.execute),
            compensate=self._noted(("compensate", behaviour.name), behaviour.compensate),
            intent=behaviour.intent and self._guarded(behaviour.name, behaviour.intent),
            look=behaviour.look and self._looking(behaviour.name, behaviour.look),
        )

    @contextmanager
    def outside(self, step: str) -> Iterator[None]:
        """Attribute changes of the world in this block to the step that began the outside work."""
        self._observer.enter((OUTSIDE, step))
        try:
            yield
        finally:
            self._observer.leave(None)

    def _looking(self, step: str, look: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **ports: Any) -> Any:
            with self.outside(step):
                return self._contained(("execute", step), lambda: look(*args, **ports))

        return call

    def _guarded(self, step: str, intent: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **ports: self._contained(
            ("execute", step), lambda: intent(*args, **ports)
        )

    def _noted(self, entry: Entry, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **ports: Any) -> Any:
            if not self._closed:
                self.entries.append(entry)
            self._inside[entry] += 1
            self.most_at_once[entry] = max(self.most_at_once[entry], self._inside[entry])
            self._observer.enter(entry)
            try:
                answer = self._contained(entry, lambda: function(*args, **ports))
            except BaseException as error:
                self._observer.leave(error)
                raise
            else:
                self._observer.leave(None)
                return answer
            finally:
                self._inside[entry] -= 1

        return call

    def _contained(self, entry: Entry, function: Callable[[], Any]) -> Any:
        def note(error: BaseException) -> None:
            self.escaped = self.escaped or (entry, error)

        return contained(function, note)


class Noted:
    """A runner that records in the diary; a killed attempt reaches its caller as `Died`."""

    def __init__(self, runner: RunsSteps, diary: Diary) -> None:
        self._runner, self._diary = runner, diary

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        noted = self._diary.noting(behaviour)
        mortal(lambda: self._runner.execute(noted, workflow_id, task_token))

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        noted = self._diary.noting(behaviour)
        mortal(lambda: self._runner.resume(noted, workflow_id))

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        noted = self._diary.noting(behaviour)
        mortal(lambda: self._runner.compensate(noted, workflow_id, execution))
