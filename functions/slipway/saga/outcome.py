"""The result types of a step: Outcome when it is done, Pending while its work continues."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from slipway.saga.errors import Rejected


@dataclass(frozen=True)
class Outcome:
    """What a step changed. Undo deletes `created` resources and restores `adopted` ones.

    `adopted` resources existed before the step. Resources are named `kind:name`, for operators.
    `outputs` (JSON) are read by later steps. `announces` lists further event types, such as
    `scan.completed`, that are published together with the step's completion.
    """

    created: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    announces: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, *, created: tuple[str, ...] = (), adopted: tuple[str, ...] = (), **outputs: Any
    ) -> Self:
        return cls(created, adopted, outputs)

    @classmethod
    def nothing(cls, **outputs: Any) -> Self:
        """For a step that had no side effects."""
        return cls(outputs=outputs)


@dataclass(frozen=True)
class Pending:
    """The step started work that continues after its function returned; `look` polls it later."""


def answered(step: str, answer: object) -> Outcome | Pending:
    """Return `answer` if it is an Outcome or Pending; otherwise raise Rejected (`defect`)."""
    if isinstance(answer, Outcome | Pending):
        return answer
    # Report only the type: the value may contain secrets.
    found = "None" if answer is None else type(answer).__name__
    raise Rejected(
        "defect",
        f"{step} returned {found}, not an Outcome",
        fix="return Outcome.of(…), or Outcome.nothing() when it has no effect outside",
    )
