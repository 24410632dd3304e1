"""Faults for the steps of any plan: before or after an effect, or at one call of a port.

Knows the toolkit and no plan. A `Saboteur` stands before the runner of any driver; a `Witness` in
the same place writes down which calls of ports a step makes, so that a matrix can be generated.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from slipway.saga import Behaviour, Rejected, Unavailable
from slipway.saga.step import RunsSteps

T = TypeVar("T")
Around = Callable[[str, Callable[[], Any]], Any]
"""Is given the name of a call and the call itself, and answers what the call answers."""


class Killed(BaseException):
    """The process dies: nothing after this line runs, and nothing is recorded."""


class Died(Exception):  # noqa: N818  (named by the condition)
    """What a driver sees of a process that was killed."""


def _raise(error: BaseException) -> None:
    raise error


STRIKES: Mapping[str, Callable[[], None]] = {
    "rejected": lambda: _raise(Rejected("planted", "planted by a test")),
    "unavailable": lambda: _raise(Unavailable("planted", "planted by a test")),
    "defect": lambda: _raise(ZeroDivisionError("planted by a test")),
    "killed": lambda: _raise(Killed()),
}


@dataclass(frozen=True)
class Fault:
    """`kind` strikes `when` (before, after) the `action` (execute, compensate) of a step acts.

    With `call` it strikes at the call of a port with that number, counted from 1 in an attempt, and
    in later attempts at every call of the name `label`. `times` None: at every attempt.
    """

    step: str
    kind: str
    when: str
    action: str = "execute"
    call: int | None = None
    times: int | None = None
    label: str = ""

    def __str__(self) -> str:
        undo = "undo-" if self.action == "compensate" else ""
        often = "" if self.times is None else f"-x{self.times}"
        at = "" if self.call is None else f"-call-{self.call}-{self.label}"
        return f"{undo}{self.step}-{self.kind}{often}-{self.when}{at}"


class Saboteur:
    """A runner that plants one fault; a killed attempt reaches the driver as `Died`."""

    def __init__(
        self,
        runner: RunsSteps,
        fault: Fault | None,
        strikes: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        self._runner, self._fault = runner, fault
        self._strikes = {**STRIKES, **(strikes or {})}
        self.struck = 0

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        planted = self._planted(behaviour, "execute")
        self._mortal(lambda: self._runner.execute(planted, workflow_id, task_token))

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        self._mortal(lambda: self._runner.resume(behaviour, workflow_id))

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        planted = self._planted(behaviour, "compensate")
        self._mortal(lambda: self._runner.compensate(planted, workflow_id, execution))

    def _mortal(self, attempt: Callable[[], None]) -> None:
        try:
            attempt()
        except Killed:
            raise Died from None

    def _planted(self, behaviour: Behaviour, action: str) -> Behaviour:
        fault = self._fault
        if fault is None or (fault.step, fault.action) != (behaviour.name, action):
            return behaviour
        if fault.call is not None:
            trap = _Trap(fault, self._strike, again=self.struck > 0)
            return intercepted(behaviour, action, trap.around)
        act = getattr(behaviour, action)

        def sabotaged(*args: Any, **ports: Any) -> Any:
            if fault.when == "before":
                self._strike()
            result = act(*args, **ports)
            if fault.when == "after":
                self._strike()
            return result

        if action == "compensate":
            return replace(behaviour, compensate=sabotaged)
        return replace(behaviour, execute=sabotaged)

    def _strike(self) -> None:
        fault = self._fault
        if fault and (fault.times is None or self.struck < fault.times):
            self.struck += 1
            self._strikes[fault.kind]()


class _Trap:
    """One attempt: counts its calls, and lets nothing more happen once it was killed."""

    def __init__(self, fault: Fault, strike: Callable[[], None], *, again: bool) -> None:
        self._fault, self._strike_now, self._again = fault, strike, again
        self._calls, self._dead = 0, False

    def around(self, name: str, call: Callable[[], T]) -> T:
        if self._dead:
            raise Killed
        self._calls += 1
        fault = self._fault
        here = name == fault.label if self._again else self._calls == fault.call
        if here and fault.when == "before":
            self._strike()
        result = call()
        if here and fault.when == "after":
            self._strike()
        return result

    def _strike(self) -> None:
        try:
            self._strike_now()
        except Killed:
            self._dead = True
            raise


class Tripwire:
    """Told of every effect outside; kills at one of them, once it is armed, and only once.

    `number` counts from 1; 0 never kills, so that `effects` holds all there are.
    """

    def __init__(self, number: int = 0, when: str = "before") -> None:
        self._number, self._when = number, when
        self.effects: list[str] = []
        self.armed = False

    def before(self, effect: str) -> None:
        if self.armed:
            self.effects.append(effect)
            self._kill("before")

    def after(self, _effect: str) -> None:
        if self.armed:
            self._kill("after")

    def _kill(self, when: str) -> None:
        if (len(self.effects), when) == (self._number, self._when):
            self._number = 0
            raise Killed


class Witness:
    """A runner that notes the calls of ports: by action and step, those of the last attempt."""

    def __init__(self, runner: RunsSteps) -> None:
        self._runner = runner
        self.calls: dict[tuple[str, str], list[str]] = defaultdict(list)

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        self._runner.execute(self._watched(behaviour, "execute"), workflow_id, task_token)

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        self._runner.resume(behaviour, workflow_id)

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        self._runner.compensate(self._watched(behaviour, "compensate"), workflow_id, execution)

    def _watched(self, behaviour: Behaviour, action: str) -> Behaviour:
        noted = self.calls[action, behaviour.name]
        noted.clear()

        def note(name: str, call: Callable[[], T]) -> T:
            noted.append(name)
            return call()

        return intercepted(behaviour, action, note)


def intercepted(behaviour: Behaviour, action: str, around: Around) -> Behaviour:
    """`around` is told of each call that `action` makes; noting the intent belongs to execute."""

    def watched(function: Callable[..., T]) -> Callable[..., T]:
        def call(*args: Any, **ports: Any) -> T:
            return function(*args, **{n: _Port(n, port, around) for n, port in ports.items()})

        return call

    if action == "compensate":
        return replace(behaviour, compensate=watched(behaviour.compensate))
    intent = watched(behaviour.intent) if behaviour.intent else None
    return replace(behaviour, execute=watched(behaviour.execute), intent=intent)


class _Port:
    """Stands before a port, which may be an object with methods, a function, or plain values."""

    def __init__(self, name: str, port: Any, around: Around) -> None:
        self._name, self._port, self._around = name, port, around

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._port, attribute)
        if not callable(value):
            return value
        name = f"{self._name}.{attribute}"
        return lambda *args, **kwargs: self._around(name, lambda: value(*args, **kwargs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._around(self._name, lambda: self._port(*args, **kwargs))
