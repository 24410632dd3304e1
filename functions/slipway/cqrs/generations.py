"""Two read tables of a kind: which one answers, and how far the rebuild of the other has come."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict


class Colour(StrEnum):
    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> "Colour":
        return Colour.GREEN if self is Colour.BLUE else Colour.BLUE


class Phase(StrEnum):
    SERVING = "serving"
    CLEARING = "clearing"
    FILLING = "filling"
    SWITCHED = "switched"


class Generation(BaseModel):
    """`after` is the position in the phase, `workflows` how many the last rebuild has filled in.

    Until `busy_until` somebody works on it, and nobody else may: what one fills in, another one
    must not clear away.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 0
    active: Colour = Colour.BLUE
    phase: Phase = Phase.SERVING
    after: str | None = None
    workflows: int = 0
    busy_until: datetime | None = None

    @property
    def written(self) -> tuple[Colour, ...]:
        """The one that is filled hears of every event from the first moment of that on.

        So does the old one for a while after the switch: not everybody has noticed yet.
        """
        both = self.phase in {Phase.FILLING, Phase.SWITCHED}
        return (self.active, self.active.other) if both else (self.active,)

    def moved(self, **changes: object) -> "Generation":
        return self.model_copy(update={**changes, "version": self.version + 1})


class Pointer(Protocol):
    """Where the generation is written down. Raises Unavailable."""

    def read(self) -> Generation:
        """As it is this very moment: a projection that began later than a rebuild must know it."""
        ...

    def move(self, to: Generation) -> None:
        """Raises Outdated when the version before it is not there: somebody else rebuilds."""
        ...
