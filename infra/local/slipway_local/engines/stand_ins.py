"""The in-memory adapters that replace ports during a rehearsal."""

from slipway_local.engines.probe import Rehearsal


def stand_ins(rehearsal: Rehearsal) -> dict[str, object]:
    """Return adapters by their names in the wiring; imported only when they are needed.

    Engine and registry share one MemoryWorld, so that the registry contains what the engine pushed.
    """
    ports: dict[str, object] = {}
    if "engine" in rehearsal.parts:
        from slipway.adapters.memory.engine import MemoryEngine  # noqa: PLC0415
        from slipway.adapters.memory.registry import MemoryRegistry  # noqa: PLC0415
        from slipway.adapters.memory.scanner import MemoryScanner  # noqa: PLC0415
        from slipway.adapters.memory.world import MemoryWorld  # noqa: PLC0415

        world = MemoryWorld()
        ports |= {
            "engine": MemoryEngine(world),
            "registry": MemoryRegistry(world),
            "scanner": MemoryScanner(),
        }
    if "cluster" in rehearsal.parts:
        from slipway.adapters.memory.cluster import MemoryCluster  # noqa: PLC0415

        ports["cluster"] = MemoryCluster()
    return ports
