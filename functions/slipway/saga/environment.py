"""The environment that a workflow acts on: an undo in another one would wrongly find nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from slipway.saga.errors import Rejected

World = Mapping[str, str]
"""Identifies an environment by its parts: `{"cluster": "https://10.0.0.7:6443"}`."""


class Placed(Protocol):
    """A workflow or its read model. `world` is None if it was recorded without one."""

    @property
    def world(self) -> World | None: ...
    @property
    def rehearsal(self) -> bool: ...


@dataclass(frozen=True)
class Environment:
    """The environment of this system. If `world` is None it is unknown, and nothing is checked."""

    world: World | None = None
    rehearsal: bool = False

    def check(self, workflow: Placed) -> None:
        """Raises Rejected("other_world") if the workflow cannot be undone here."""
        if why := self.why_not(workflow):
            raise Rejected("other_world", why, fix=_fix(workflow))

    def why_not(self, workflow: Placed) -> str | None:
        """The reason why the workflow cannot be undone here; None if it can."""
        if self.world is None:
            return None
        if workflow.world is None:
            return None if workflow.rehearsal == self.rehearsal else _REHEARSED[self.rehearsal]
        there = workflow.world
        other = [part for part in there if self.world.get(part) != there[part]]
        if not other:
            return None
        own = _named(self.world, other)
        return f"it acts on {_named(there, other)}, but this system acts on {own}"


_MEMORY = {"in memory", None}
_FIX = (
    "point Slipway at it with DOCKER_HOST, KUBECONFIG and SLIPWAY_REGISTRY or the parameters of"
    " the stack, and retry"
)
_REHEARSE = "use a system that is a rehearsal too: start it with SLIPWAY_REGISTRY unset"
_REHEARSED = {
    False: "it was a rehearsal, but this system is real",
    True: "it acted on real systems, but this system is a rehearsal",
}
"""Keyed by whether this system is a rehearsal."""


def _fix(workflow: Placed) -> str:
    """A fake cluster beside a real engine is a matter of settings, not of rehearsing."""
    there = workflow.world or {}
    return _REHEARSE if workflow.rehearsal and there.get("engine") in _MEMORY else _FIX


def _named(world: World, parts: Sequence[str]) -> str:
    return " and ".join(f"{part} {world.get(part, '-')}" for part in parts)
