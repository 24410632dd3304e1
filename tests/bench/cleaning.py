"""Take away what a run has made and wait until it is gone: the next one finds an idle machine."""

from collections.abc import Mapping
from pathlib import Path

from tests.engines.cluster_api import ClusterApi

from slipway.adapters.docker_engine import DockerEngine
from slipway.adapters.registry_http import HttpRegistry


def clean(environment: Mapping[str, str], name: str, workflow: str) -> None:
    cluster = ClusterApi(Path(environment["KUBECONFIG"]))
    cluster.remove_namespace(name)
    cluster.close()
    registry = HttpRegistry()
    repository = f"{environment['SLIPWAY_REGISTRY']}/{name}"
    for digest in {registry.digest(f"{repository}:{tag}") for tag in registry.tags(repository)}:
        if digest:
            registry.delete(repository, digest)
    registry.close()
    engine = DockerEngine(environment["DOCKER_HOST"])
    engine.remove_made_by(workflow)
    engine.close()
