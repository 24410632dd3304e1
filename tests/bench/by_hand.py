"""The calls that somebody would make by hand for the same service: no saga around them."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker

from slipway.adapters.kubernetes_client import ApiServer
from slipway.adapters.kubernetes_cluster import KubernetesCluster
from slipway.containerize.build_settings import BuildSettings

READY_WITHIN_S = 120
_LOOKS_EVERY_S = 0.1
_APPLY = "application/apply-patch+yaml"
_PLURALS = {
    "Namespace": "namespaces",
    "ServiceAccount": "serviceaccounts",
    "Service": "services",
    "NetworkPolicy": "networkpolicies",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "Deployment": "deployments",
}


@dataclass(frozen=True)
class Recipe:
    """What a workflow has made of the source, with a name and an id of its own.

    `folder` holds source, Dockerfile and .dockerignore; `image` has no digest yet in `manifests`,
    but `@DIGEST`.
    """

    folder: Path
    image: str
    labels: Mapping[str, str]
    manifests: str
    health_path: str


class Failed(Exception):  # noqa: N818  (named by the condition)
    """An engine said no."""


class Phases:
    """Seconds of each, in their order."""

    def __init__(self) -> None:
        self.wall_s: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.wall_s[name] = time.perf_counter() - begun


def deploy(
    recipe: Recipe, engine: docker.DockerClient, api: ApiServer, build: BuildSettings
) -> Phases:
    phases = Phases()
    with phases.phase("build"):
        image_id = _built(recipe, engine, build)
    with phases.phase("tag"):
        repository, tag = recipe.image.rsplit(":", 1)
        engine.api.tag(image_id, repository, tag)
    with phases.phase("push"):
        digest = _pushed(recipe.image, engine)
    manifests = json.loads(recipe.manifests.replace("@DIGEST", f"@{digest}"))
    place = {"name": manifests[0]["metadata"]["namespace"]}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": place}
    with phases.phase("apply, rollout"):
        for manifest in (namespace, *manifests):
            _apply(manifest, api)
        _await_rollout(next(m for m in manifests if m["kind"] == "Deployment"), api)
    with phases.phase("probe"):
        _probe(next(m for m in manifests if m["kind"] == "Service"), api, recipe.health_path)
    return phases


def _built(recipe: Recipe, engine: docker.DockerClient, build: BuildSettings) -> str:
    told = engine.api.build(
        path=str(recipe.folder),
        rm=True,
        forcerm=True,
        decode=True,
        buildargs=dict(build.args),
        labels=dict(recipe.labels),
        network_mode=build.network,
    )
    return str(_last(told, "ID"))


def _pushed(image: str, engine: docker.DockerClient) -> str:
    repository, tag = image.rsplit(":", 1)
    return str(_last(engine.api.push(repository, tag=tag, stream=True, decode=True), "Digest"))


def _last(told: Any, key: str) -> Any:
    found = None
    for entry in told:
        if "error" in entry:
            raise Failed(entry["error"])
        found = (entry.get("aux") or {}).get(key, found)
    return found


def _apply(manifest: Mapping[str, Any], api: ApiServer) -> None:
    query = {"fieldManager": "by-hand", "force": "true"}
    api.call("PATCH", _path(manifest), query=query, body=manifest, content_type=_APPLY)


def _path(manifest: Mapping[str, Any]) -> str:
    version, place = manifest["apiVersion"], manifest["metadata"]
    root = f"/api/{version}" if version == "v1" else f"/apis/{version}"
    within = f"/namespaces/{place['namespace']}" if "namespace" in place else ""
    return f"{root}{within}/{_PLURALS[manifest['kind']]}/{place['name']}"


def _await_rollout(deployment: Mapping[str, Any], api: ApiServer) -> None:
    pause, ends_at = threading.Event(), time.monotonic() + READY_WITHIN_S
    while time.monotonic() < ends_at:
        found = api.call("GET", _path(deployment))
        status, wanted = found.get("status", {}), found["spec"]["replicas"]
        counts = (status.get(name) for name in ("replicas", "updatedReplicas", "availableReplicas"))
        observed = status.get("observedGeneration", 0) >= found["metadata"]["generation"]
        if observed and all(count == wanted for count in counts):
            return
        pause.wait(_LOOKS_EVERY_S)
    raise Failed(f"not ready within {READY_WITHIN_S} s")


def _probe(service: Mapping[str, Any], api: ApiServer, path: str) -> None:
    """Three answers in a row, as the pipeline asks for them."""
    place, port = service["metadata"], service["spec"]["ports"][0]["port"]
    cluster = KubernetesCluster(api)
    for _ in range(3):
        answer = cluster.probe(place["namespace"], place["name"], port, path)
        if answer.status != 200:
            raise Failed(f"the probe was answered {answer.status}")
