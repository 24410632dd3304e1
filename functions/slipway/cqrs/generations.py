"""Blue/green state of the read tables: which one is active, and how far a rebuild has come."""

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

    Until `busy_until` one caller holds the lease on the rebuild: no other may clear what it fills
    in.
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
        """The tables to project to. The one being filled receives events from the start of that.

        So does the old one for a while after the switch: readers may not have noticed it yet.
        """
        both = self.phase in {Phase.FILLING, Phase.SWITCHED}
        return (self.active, self.active.other) if both else (self.active,)

    def moved(self, **changes: object) -> "Generation":
        return self.model_copy(update={**changes, "version": self.version + 1})


class Pointer(Protocol):
    """Where the generation is stored. Raises Unavailable."""

    def read(self) -> Generation:
        """A consistent read: a projection that began after a rebuild must see it."""
        ...

    def move(self, to: Generation) -> None:
        """Raises Outdated unless the version before it is stored: another rebuild is running."""
        ...
