"""The ports that stand-ins in memory serve during a rehearsal."""

from importlib import import_module
from typing import Any

from slipway_local.engines.probe import Rehearsal

_MEMORY = "slipway.adapters.memory"


def stand_ins(rehearsal: Rehearsal) -> dict[str, object]:
    """By the names that the wiring knows them under; imported only when they are needed."""
    ports: dict[str, object] = {}
    if "engine" in rehearsal.parts:
        registry = _made("registry", "MemoryRegistry")
        ports |= {"registry": registry, "engine": _made("engine", "MemoryEngine", registry)}
    if "cluster" in rehearsal.parts:
        ports["cluster"] = _made("cluster", "MemoryCluster")
    return ports


def _made(module: str, name: str, *given: object) -> Any:
    return getattr(import_module(f"{_MEMORY}.{module}"), name)(*given)
