"""Injects one fault into the steps of any plan, as a runner for any driver."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slipway.saga.step import Behaviour, RunsSteps
from slipway.saga.testing.faults import STRIKES, Died, Fault, Killed, Strike
from slipway.saga.testing.interception import intercepted


class Saboteur:
    """A runner that injects one fault; a killed attempt reaches the driver as `Died`."""

    def __init__(
        self,
        runner: RunsSteps,
        fault: Fault | None,
        strikes: Mapping[str, Strike] | None = None,
    ) -> None:
        self._runner, self._fault = runner, fault
        self._strikes = {**STRIKES, **(strikes or {})}
        self.struck = 0
        self.mended = False

    def execute(
        self, behaviour: Behaviour, workflow_id: str, task_token: str | None = None
    ) -> None:
        planted = self._planted(self._planted(behaviour, "execute"), "look")
        mortal(lambda: self._runner.execute(planted, workflow_id, task_token))

    def resume(self, behaviour: Behaviour, workflow_id: str) -> None:
        mortal(lambda: self._runner.resume(behaviour, workflow_id))

    def compensate(self, behaviour: Behaviour, workflow_id: str, execution: str) -> None:
        planted = self._planted(behaviour, "compensate")
        mortal(lambda: self._runner.compensate(planted, workflow_id, execution))

    def _planted(self, behaviour: Behaviour, action: str) -> Behaviour:
        fault = self._fault
        if fault is None or (fault.step, fault.action) != (behaviour.name, action):
            return behaviour
        if action == "look" and behaviour.look is None:
            return behaviour
        if fault.call is not None and action == "look":
            return replace(behaviour, look=self._looking(behaviour, fault))
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

        changed: dict[str, Any] = {action: sabotaged}
        return replace(behaviour, **changed)

    def _looking(self, behaviour: Behaviour, fault: Fault) -> Callable[..., Any]:
        """Each look counts as an attempt of its own, whatever happened in the one before."""

        def look(*args: Any, **ports: Any) -> Any:
            trap = _Trap(fault, self._strike, again=self.struck > 0)
            trapped = intercepted(behaviour, "look", trap.around)
            return trapped.look and trapped.look(*args, **ports)

        return look

    def _strike(self) -> None:
        fault = self._fault
        if fault and not self.mended and (fault.times is None or self.struck < fault.times):
            self.struck += 1
            self._strikes[fault.kind]()


def mortal(attempt: Callable[[], object]) -> None:
    """Call `attempt`; if its function was killed, its caller receives `Died`."""
    try:
        attempt()
    except Killed:
        raise Died from None


class _Trap:
    """One attempt: counts its port calls, and blocks every further call once it was killed."""

    def __init__(self, fault: Fault, strike: Strike, *, again: bool) -> None:
        self._fault, self._strike_now, self._again = fault, strike, again
        self._calls, self._dead = 0, False

    def around(self, name: str, call: Any) -> Any:
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
