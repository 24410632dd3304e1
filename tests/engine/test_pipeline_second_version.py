"""A second version that fails is no event for those who use the first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
from kubernetes.client.exceptions import ApiException
from tests.engine.places import make_full_namespace
from tests.engine.story import APPS, Story, assert_undone
from tests.engines.cluster_api import ClusterApi

from slipway.adapters.registry_http import HttpRegistry

pytestmark = pytest.mark.engine

STOCKED = {"env": {"TEA": "assam"}}
ASKS_EVERY_S = 0.05


@dataclass
class Customer:
    """Asks the service again and again, from before the second version until after its end."""

    cluster: ClusterApi
    name: str
    port: int
    served: int = 0
    refused: list[str] = field(default_factory=list)

    def ask(self) -> None:
        try:
            self.cluster.ask_service(self.name, self.name, self.port, "/health")
            self.served += 1
        except ApiException as error:
            self.refused.append(f"{error.status} after {self.served} answers")

    @contextmanager
    def asking(self) -> Iterator[None]:
        over = threading.Event()

        def again() -> None:
            while not over.wait(ASKS_EVERY_S):
                self.ask()

        thread = threading.Thread(target=again)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def test_the_first_version_serves_all_the_while_and_afterwards_as_before(
    story: Story, cluster: ClusterApi, kubeconfig: Path
) -> None:
    first = story.run(APPS / "crashes", app=STOCKED)
    assert first["status"] == "COMPLETED", first
    spec, before = _deployment(cluster, story.name)["spec"], story.look()
    own = ClusterApi(kubeconfig)
    customer = Customer(own, story.name, first["service"]["port"])

    with customer.asking():
        second = story.run(APPS / "crashes")

    own.close()
    assert_undone(second, "deploy_application", {"crash_loop"})
    assert customer.refused == []
    assert customer.served > 10
    assert story.changes(before) == []
    now = _deployment(cluster, story.name)
    assert now["spec"] == spec
    assert first["image"]["digest"] in now["spec"]["template"]["spec"]["containers"][0]["image"]
    assert now["status"]["readyReplicas"] == 1
    assert _made_by(cluster, story.name, second["workflow_id"]) == []


def test_a_tag_that_named_the_first_names_it_again_when_the_second_fails(
    story: Story, docker_client: docker.DockerClient, cluster: ClusterApi
) -> None:
    stable = {"tag": "stable"}
    first = story.run(APPS / "static", image=stable, options={"deploy": False})
    assert first["status"] == "COMPLETED", first
    make_full_namespace(cluster, story.name)
    reference = first["image"]["reference"]
    image_id, before = docker_client.images.get(reference).id, story.look()

    second = story.run(APPS / "static", image=stable)

    assert_undone(second, "deploy_application", {"pod_refused"})
    assert second["image"]["reference"] == reference
    (pushed,) = next(s["created"] for s in second["steps"] if s["name"] == "push_image")
    assert pushed.startswith("manifest:")
    assert not pushed.endswith(first["image"]["digest"])
    registry = HttpRegistry()
    assert registry.digest(reference) == first["image"]["digest"]
    registry.close()
    assert docker_client.images.get(reference).id == image_id
    assert story.changes(before) == []


def _deployment(cluster: ClusterApi, name: str) -> dict[str, Any]:
    return cluster.call("GET", f"/apis/apps/v1/namespaces/{name}/deployments/{name}")


def _made_by(cluster: ClusterApi, namespace: str, workflow: str) -> list[str]:
    """Names of what carries the label, also of what a controller made."""
    label = {"labelSelector": f"slipway.dev/workflow={workflow}"}
    found = []
    for path, plural in cluster.listable():
        listed = cluster.call("GET", f"{path}/namespaces/{namespace}/{plural}", label)
        found += [f"{plural} {each['metadata']['name']}" for each in listed["items"]]
    return found
