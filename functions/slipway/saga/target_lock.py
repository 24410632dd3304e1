"""Who may work on a deployment target now, who waits for it, and whose deployments stand there."""

from pydantic import BaseModel, ConfigDict

from slipway.errors import Refused

_REMEMBERED = 100
"""Deployments that can be taken back one after the other; the item has to stay small."""


class TargetLocked(Refused):
    """Another workflow owns the deployment target. `holder` is its id."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            "target_locked",
            f"{holder} is working on the same deployment target",
            fix="wait until it has ended, or cancel it",
            holder=holder,
        )
        self.holder = holder


class TargetFree(Exception):  # noqa: N818  (named by the condition)
    """There is nothing to wait for: take it."""


class Superseded(Refused):
    """A newer deployment stands on the target. `newer` is its workflow's id."""

    def __init__(self, newer: str) -> None:
        super().__init__(
            "superseded",
            f"{newer} has deployed to the same target since",
            fix="roll that one back first",
            newer=newer,
        )
        self.newer = newer


class TargetLock(BaseModel):
    """`version` counts its changes. `waiting` come in that order; the last of `deployed` serves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    version: int = 0
    holder: str | None = None
    waiting: tuple[str, ...] = ()
    deployed: tuple[str, ...] = ()

    def acquired(self, by: str, *, to_take_back: bool = False) -> "TargetLock":
        """Nobody passes those who wait. Raises TargetLocked or Superseded."""
        if self.holder == by:
            return self
        before = self.holder or next(iter(self.waiting), by)
        if before != by:
            raise TargetLocked(before)
        if to_take_back and self.deployed and self.deployed[-1] != by:
            raise Superseded(self.deployed[-1])
        return self._changed(holder=by, waiting=_without(self.waiting, by))

    def joined(self, by: str) -> "TargetLock":
        """At the end of those who wait. Raises TargetFree."""
        if self.holder is None and not self.waiting:
            raise TargetFree
        return self if by in self.waiting else self._changed(waiting=(*self.waiting, by))

    def held(self, by: str) -> "TargetLock":
        """The fence before a step acts. Raises TargetLocked when it was lost."""
        if self.holder != by:
            raise TargetLocked(self.holder or "nobody")
        return self

    def released(self, by: str, *, deployed: bool) -> "TargetLock":
        """At the end of a workflow, which may never have had it. Raises TargetLocked.

        What is deployed is so under the lock: who has lost it has not deployed.
        """
        if deployed:
            self.held(by)
        stand = _without(self.deployed, by)
        return self._changed(
            holder=None if self.holder == by else self.holder,
            waiting=_without(self.waiting, by),
            deployed=(*stand, by)[-_REMEMBERED:] if deployed else stand,
        )

    def _changed(self, **changes: object) -> "TargetLock":
        after = self.model_copy(update=changes)
        return self if after == self else after.model_copy(update={"version": self.version + 1})


def _without(some: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(each for each in some if each != one)
