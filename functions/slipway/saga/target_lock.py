"""The lock of a deployment target: its holder, the queue, and the target's deployments."""

from pydantic import BaseModel, ConfigDict

from slipway.errors import Refused

_REMEMBERED = 100
"""How many deployments can be rolled back one after the other; bounded to keep the item small."""


class TargetLocked(Refused):
    """Another workflow owns the deployment target. `holder` is its id."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            "target_locked",
            f"{holder} is working on the same deployment target",
            fix="wait until it has finished, or cancel it",
            holder=holder,
        )
        self.holder = holder


class TargetFree(Exception):  # noqa: N818  (named by the condition)
    """The target is free: acquire it instead of queueing."""


class Superseded(Refused):
    """The target has a newer deployment. `newer` is its workflow's id."""

    def __init__(self, newer: str) -> None:
        super().__init__(
            "superseded",
            f"{newer} has deployed to the same target since",
            fix="roll that one back first",
            newer=newer,
        )
        self.newer = newer


class TargetLock(BaseModel):
    """`version` counts changes. `waiting` is in queue order; the last of `deployed` is live."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    version: int = 0
    holder: str | None = None
    waiting: tuple[str, ...] = ()
    deployed: tuple[str, ...] = ()

    def acquired(self, by: str, *, to_take_back: bool = False) -> "TargetLock":
        """Acquire the lock in queue order. Raises TargetLocked, or Superseded if `to_take_back`."""
        if self.holder == by:
            return self
        before = self.holder or next(iter(self.waiting), by)
        if before != by:
            raise TargetLocked(before)
        if to_take_back and self.deployed and self.deployed[-1] != by:
            raise Superseded(self.deployed[-1])
        return self._changed(holder=by, waiting=_without(self.waiting, by))

    def joined(self, by: str) -> "TargetLock":
        """Join the end of the queue. Raises TargetFree if there is nothing to wait for."""
        if self.holder is None and not self.waiting:
            raise TargetFree
        return self if by in self.waiting else self._changed(waiting=(*self.waiting, by))

    def held(self, by: str) -> "TargetLock":
        """The fence before a step acts. Raises TargetLocked if the lock was lost."""
        if self.holder != by:
            raise TargetLocked(self.holder or "nobody")
        return self

    def released(self, by: str, *, deployed: bool) -> "TargetLock":
        """Release the lock at the end of a workflow, which may never have held it.

        With `deployed`, raises TargetLocked unless `by` holds the lock: a workflow that lost it has
        not deployed.
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
