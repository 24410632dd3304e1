"""What a step says it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


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
