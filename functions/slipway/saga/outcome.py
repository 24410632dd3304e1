"""What a step says it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from slipway.saga.errors import Rejected


@dataclass(frozen=True)
class Outcome:
    """`created` did not exist before and is undone by deleting; `adopted` did, and is restored.

    Resources are named `kind:name`, for people. `outputs` are what later steps read (JSON).
    `announces` are further event types, such as `scan.completed`, told with the step's completion.
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
        """The step had no effect outside."""
        return cls(outputs=outputs)


@dataclass(frozen=True)
class Pending:
    """What the step began goes on without its function: its end is looked up later."""


def answered(step: str, answer: object) -> Outcome | Pending:
    """Raises Rejected for anything else: a step that forgot to say what it did has a defect."""
    if isinstance(answer, Outcome | Pending):
        return answer
    # Of what is no outcome only the type is told: nobody knows what is in it.
    found = "None" if answer is None else type(answer).__name__
    raise Rejected(
        "defect",
        f"{step} answered {found}, and not an Outcome",
        fix="return Outcome.of(…), or Outcome.nothing() when it has no effect outside",
    )
