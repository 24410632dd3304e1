"""Where workflows act. Elsewhere an undo looks for what they made, and truthfully finds none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from slipway.saga.errors import Rejected

World = Mapping[str, str]
"""By part of the outside world, which one it is: `{"cluster": "https://10.0.0.7:6443"}`."""


class Placed(Protocol):
    """A workflow, or its view. `world` is None when it was recorded without."""

    @property
    def world(self) -> World | None: ...
    @property
    def rehearsal(self) -> bool: ...


@dataclass(frozen=True)
class Here:
    """Where this system acts. Without `world` that is not known, and nothing is said of it."""

    world: World | None = None
    rehearsal: bool = False

    def check(self, workflow: Placed) -> None:
        """Raises Rejected("other_world")."""
        if why := self.why_not(workflow):
            raise Rejected("other_world", why, fix=_fix(workflow))

    def why_not(self, workflow: Placed) -> str | None:
        """Why nothing of it can be undone here; None when it can."""
        if self.world is None:
            return None
        if workflow.world is None:
            return None if workflow.rehearsal == self.rehearsal else _REHEARSED[self.rehearsal]
        there = workflow.world
        other = [part for part in there if self.world.get(part) != there[part]]
        if not other:
            return None
        return f"it acts on {_named(there, other)}, and this system on {_named(self.world, other)}"


_MEMORY = {"in memory", None}
_FIX = (
    "let Slipway act there, by DOCKER_HOST, KUBECONFIG and SLIPWAY_REGISTRY or the parameters of"
    " the stack, and ask again"
)
_REHEARSE = "ask a system that rehearses too: start it with SLIPWAY_REGISTRY unset"
_REHEARSED = {
    False: "it was a rehearsal, and this system is real",
    True: "it acts on a real world, and this system is a rehearsal",
}
"""By whether this system is one."""


def _fix(workflow: Placed) -> str:
    """Who rehearses names no registry; a cluster alone may be stood in for beside a real engine."""
    there = workflow.world or {}
    return _REHEARSE if workflow.rehearsal and there.get("engine") in _MEMORY else _FIX


def _named(world: World, parts: Sequence[str]) -> str:
    return " and ".join(f"{part} {world.get(part, '-')}" for part in parts)
