"""The clusters that keep the same promises, and the small service that runs on them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from slipway.adapters.kubernetes_cluster import KubernetesCluster
from slipway.adapters.memory.cluster import MemoryCluster
from slipway.containerize.labels import labels_of
from slipway.containerize.manifests import ServiceSpec, namespace_manifest, render_manifests
from slipway.containerize.ports import Cluster, Manifest, ObjectRef

ANY_DIGEST = "sha256:" + "0" * 64
SERVE = "echo served > /tmp/index.html && exec httpd -f -p 8080 -h /tmp"
CRASH = "echo I fall over; exit 3"
CLUSTERS = [
    pytest.param("memory", id="memory"),
    pytest.param("kubernetes", id="kubernetes", marks=pytest.mark.engine),
]


def a_workflow() -> str:
    return f"wf_{uuid.uuid4().hex[:24]}"


@dataclass(frozen=True)
class Place:
    """A namespace of a cluster, made for a test by the workflow `maker`."""

    cluster: Cluster
    name: str
    image: str
    maker: str = field(default_factory=a_workflow)

    def service(self, app: str, workflow_id: str, script: str = SERVE, **changes: Any) -> list[Any]:
        """Manifests as Slipway renders them, of a web server that one script starts."""
        image = changes.pop("image", self.image)
        spec = ServiceSpec(
            workflow_id=workflow_id,
            name=app,
            namespace=self.name,
            image=f"example/web@{ANY_DIGEST}",
            port=8080,
            **changes,
        )
        manifests = render_manifests(spec)
        deployment = next(m for m in manifests if m["kind"] == "Deployment")
        pod = deployment["spec"]["template"]["spec"]
        pod["terminationGracePeriodSeconds"] = 1  # a shell's web server takes no notice of SIGTERM
        pod["containers"][0] |= {"image": image, "command": ["sh", "-c", script]}
        return manifests

    def deployment(self, app: str) -> ObjectRef:
        return ObjectRef("apps/v1", "Deployment", app, self.name)

    def note(self, name: str, **data: str) -> dict[str, Any]:
        """A ConfigMap: the simplest thing that somebody else may own."""
        metadata = {"name": name, "namespace": self.name}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def an_app() -> str:
    return f"app-{uuid.uuid4().hex[:8]}"


def why_it_fails(deployment: Manifest) -> tuple[str, str] | None:
    """What a real cluster finds out by running it."""
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    if container["command"][-1] == CRASH:
        return "crash_loop", "it falls over"
    if "no-such-image" in container["image"]:
        return "image_pull_failed", "there is none"
    return None


def open_cluster(name: str, request: pytest.FixtureRequest) -> tuple[Cluster, str]:
    """Give the cluster, and the image of a shell for pods on it."""
    if name == "memory":
        return MemoryCluster(rollouts=why_it_fails), "busybox:1.37"
    prefix = request.getfixturevalue("base_images")
    image = f"{prefix}/library/busybox:1.37" if prefix else "busybox:1.37"
    return KubernetesCluster.at(str(request.getfixturevalue("kubeconfig"))), image


def make_place(cluster: Cluster, image: str) -> Iterator[Place]:
    place = Place(cluster, f"test-{uuid.uuid4().hex[:10]}", image)
    namespace = ObjectRef("v1", "Namespace", place.name)
    try:
        cluster.apply(namespace_manifest(place.name, labels_of(place.maker, "test")))
        yield place
    finally:
        cluster.delete(namespace)
    assert cluster.read(namespace) is None
