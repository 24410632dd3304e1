"""What is there, as engine, registry and cluster tell it: two looks can be compared."""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import docker
from tests.engines.cluster_api import ClusterApi

SYSTEM = {"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}
# Made and renewed by the cluster itself, whatever a workflow does.
PASSING = {"events", "leases", "endpoints"}
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
)


WORKFLOW = "slipway.dev/workflow"
UNTAGGED = "untagged"


class Thing(NamedTuple):
    """`workflow` is the id in its label, None without one."""

    likeness: str
    workflow: str | None = None


ABSENT = Thing("absent")


@dataclass(frozen=True)
class World:
    """Name of each thing → what it is like, for engine, registry and cluster."""

    things: dict[str, Thing]

    def part(self, belongs: Callable[[str, Thing], bool]) -> "World":
        return World({name: thing for name, thing in self.things.items() if belongs(name, thing)})

    def changes(self, later: "World") -> list[str]:
        """Return one line for each thing that is new, gone or different in `later`."""
        lines = []
        for name in sorted(self.things.keys() | later.things.keys()):
            before, after = (world.things.get(name, ABSENT) for world in (self, later))
            if before != after:
                lines.append(f"{name}: {before.likeness} → {after.likeness}")
        return lines


def look(engine: docker.DockerClient, registry: str, cluster: ClusterApi) -> World:
    return World(_engine(engine) | _registry(registry) | _cluster(cluster))


def _engine(client: docker.DockerClient) -> dict[str, Thing]:
    things = {}
    for image in client.api.images(all=True):
        tags = sorted(set(image["RepoTags"] or []) - {"<none>:<none>"})
        things[f"image {image['Id']}"] = _labelled(image, " ".join(tags) or UNTAGGED)
    for container in client.api.containers(all=True):
        likeness = f"{container['Image']} {container['State']}"
        things[f"container {container['Id']}"] = _labelled(container, likeness)
    for volume in client.api.volumes()["Volumes"] or []:
        things[f"volume {volume['Name']}"] = _labelled(volume, volume["Driver"])
    return things


def _labelled(found: dict[str, Any], likeness: str) -> Thing:
    return Thing(likeness, (found["Labels"] or {}).get(WORKFLOW))


def _registry(address: str) -> dict[str, Thing]:
    """Tags with their digests; a repository without a tag counts as absent."""
    things = {}
    for repository in _get(f"http://{address}/v2/_catalog?n=1000")["repositories"]:
        for tag in _tags(address, repository):
            things[f"registry {repository}:{tag}"] = Thing(_digest(address, repository, tag))
    return things


def _tags(address: str, repository: str) -> list[str]:
    try:
        return _get(f"http://{address}/v2/{repository}/tags/list")["tags"] or []
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 404:
            raise
        return []


def _digest(address: str, repository: str, tag: str) -> str:
    url = f"http://{address}/v2/{repository}/manifests/{tag}"
    request = urllib.request.Request(url, method="HEAD", headers={"Accept": MANIFESTS})
    try:
        with _open(request) as response:
            return str(response.headers["Docker-Content-Digest"])
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 404:
            raise
        return "a tag without a manifest"


def _get(url: str) -> dict[str, Any]:
    with _open(urllib.request.Request(url)) as response:  # noqa: S310 -- as in _open
        answer: dict[str, Any] = json.load(response)
    return answer


def _open(request: urllib.request.Request) -> Any:
    # The registry is on loopback, its scheme is ours: http.
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10)


def _cluster(api: ClusterApi) -> dict[str, Thing]:
    things = {}
    for namespace in api.items("/api/v1/namespaces"):
        if namespace["metadata"]["name"] not in SYSTEM:
            things[f"namespace {namespace['metadata']['name']}"] = _likeness(namespace)
    for path, plural in api.listable():
        for found in api.items(f"{path}/{plural}") if plural not in PASSING else []:
            place = found["metadata"]
            if place["namespace"] not in SYSTEM and not _is_owned(found):
                things[f"{plural} {place['namespace']}/{place['name']}"] = _likeness(found)
    return things


def _is_owned(found: dict[str, Any]) -> bool:
    """Say whether a controller answers for it, as for a Deployment's pods: that one is compared."""
    return any(owner.get("controller") for owner in found["metadata"].get("ownerReferences", []))


def _likeness(found: dict[str, Any]) -> Thing:
    """Tell uid and a hash of what clients set; a restored spec has a later generation."""
    parts = {key: value for key, value in found.items() if key not in {"metadata", "status"}}
    annotations = found["metadata"].get("annotations", {})
    parts["annotations"] = {
        key: value for key, value in annotations.items() if not key.startswith("deployment.")
    }
    parts["labels"] = found["metadata"].get("labels", {})
    text = json.dumps(parts, sort_keys=True)
    leaving = " leaving" if "deletionTimestamp" in found["metadata"] else ""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Thing(f"{found['metadata']['uid']} {digest}{leaving}", parts["labels"].get(WORKFLOW))
