"""Faults of steps and of the storage, as data; their strings are part of test ids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slipway.saga.errors import Rejected, Unavailable

Strike = Callable[[], None]


class Killed(BaseException):
    """The function dies: no later line of it runs, and nothing is recorded."""


class Died(Exception):  # noqa: N818  (named by the condition)
    """What a driver receives when a function was killed."""


class Aborted(BaseException):
    """The execution dies with the function: nothing continues until a rescue or a restart."""


def _raise(error: BaseException) -> None:
    raise error


STRIKES: Mapping[str, Strike] = {
    "rejected": lambda: _raise(Rejected("planted", "planted by a test")),
    "unavailable": lambda: _raise(Unavailable("planted", "planted by a test")),
    "defect": lambda: _raise(ZeroDivisionError("planted by a test")),
    "killed": lambda: _raise(Killed()),
    "aborted": lambda: _raise(Aborted()),
}
KINDS = ("rejected", "unavailable", "defect", "killed")
"""The ways in which an attempt of a step can fail."""
WHEN = ("before", "after")
_ACTIONS = {"compensate": "undo-", "look": "look-at-"}


@dataclass(frozen=True)
class Fault:
    """A fault of some `kind`, before or after (`when`) an `action`: execute, look, compensate.

    With `call` it strikes at the port call with that number, counted from 1 within an attempt, and
    in later attempts at every port call named `label`. `times` limits the strikes; None means every
    attempt.
    """

    step: str
    kind: str
    when: str
    action: str = "execute"
    call: int | None = None
    times: int | None = None
    label: str = ""

    def __str__(self) -> str:
        action = _ACTIONS.get(self.action, "")
        often = "" if self.times is None else f"-x{self.times}"
        at = "" if self.call is None else f"-call-{self.call}-{self.label}"
        return f"{action}{self.step}-{self.kind}{often}-{self.when}{at}"


@dataclass(frozen=True)
class StorageFault:
    """A fault of some `kind` at the storage call with that number, counted from 1 over a saga.

    `throttled` refuses this call, `outage` this and every later one; `lost` executes the call but
    loses its response; `killed` and `aborted` end the function or the execution before or after
    (`when`) the call takes effect. `label` is the name of the call, for the test id.
    """

    number: int
    kind: str
    when: str = "before"
    label: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.when}-{self.label}-{self.number}"
