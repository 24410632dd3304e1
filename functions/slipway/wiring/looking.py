"""What a receipt and a sweep inspect: engine, registry, cluster and workspace."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slipway.scopes import provider
from slipway.wiring.builds import engine
from slipway.wiring.installation import settings
from slipway.wiring.places import cluster, registry
from slipway.wiring.sources import workspace

if TYPE_CHECKING:
    from slipway.containerize.resources import Sweepable
    from slipway.saga.finish import Inspector


@provider
def inspectors() -> "Sequence[Inspector]":
    from slipway.containerize import inspection

    return (
        inspection.of_engine(engine),
        inspection.of_registry(registry),
        inspection.of_cluster(cluster),
        inspection.of_workspace(workspace),
    )


@provider
def managed_parts() -> "Mapping[str, Sweepable]":
    """The parts that a sweep covers; each connects when it is first used."""
    from slipway.containerize.managed import InCluster, InRegistry, InWorkspace, OnEngine

    return {
        "engine": OnEngine(engine),
        "registry": InRegistry(registry, settings().registry),
        "cluster": InCluster(cluster),
        "workspace": InWorkspace(workspace),
    }
