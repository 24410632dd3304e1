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
    registry, engine = HttpRegistry(), DockerEngine(environment["DOCKER_HOST"])
    repository = f"{environment['SLIPWAY_REGISTRY']}/{name}"
    tags = registry.tags(repository)
    for digest in {registry.digest(f"{repository}:{tag}") for tag in tags}:
        if digest:
            registry.delete(repository, digest)
    for tag in tags:
        engine.untag(f"{repository}:{tag}")
    engine.remove_made_by(workflow)
    registry.close()
    engine.close()
