"""What can go wrong with a step or with the storage, as data that names itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slipway.saga.errors import Rejected, Unavailable

Strike = Callable[[], None]


class Killed(BaseException):
    """The function dies: nothing after this line runs, and nothing is recorded."""


class Died(Exception):  # noqa: N818  (named by the condition)
    """What a driver sees of a function that was killed."""


class Aborted(BaseException):
    """The execution dies with the function: nobody goes on until somebody comes to the rescue."""


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
"""The ways in which an attempt of a step fails."""
WHEN = ("before", "after")
_ACTIONS = {"compensate": "undo-", "look": "look-at-"}


@dataclass(frozen=True)
class Fault:
    """`kind` strikes `when` (before, after) an `action` of a step: execute, look, compensate.

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
        action = _ACTIONS.get(self.action, "")
        often = "" if self.times is None else f"-x{self.times}"
        at = "" if self.call is None else f"-call-{self.call}-{self.label}"
        return f"{action}{self.step}-{self.kind}{often}-{self.when}{at}"


@dataclass(frozen=True)
class StorageFault:
    """`kind` strikes at the storage call with that number, counted from 1 over a whole saga.

    `throttled` refuses the call once and `outage` every call from there on; `lost` does what was
    asked and loses the answer; `killed` and `aborted` end the function or the execution, `when`
    (before, after) the call takes effect. `label` is the name of the call, to be told.
    """

    number: int
    kind: str
    when: str = "before"
    label: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.when}-{self.label}-{self.number}"
