"""From a folder of source to a service whose pods answer, with everything labelled."""

import os
from collections.abc import Mapping

import docker
import pytest
from tests.engine.command_line import document, slipway
from tests.engine.story import APPS, Story, View
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines

from slipway.adapters.registry_http import HttpRegistry
from slipway.containerize.labels import APP, MANAGED_BY, MANAGER, WORKFLOW

pytestmark = pytest.mark.engine

OBJECTS = (
    "/apis/apps/v1/namespaces/{}/deployments",
    "/api/v1/namespaces/{}/services",
    "/api/v1/namespaces/{}/pods",
    "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies",
)


@pytest.mark.parametrize(
    ("app", "says"), [("express", "Welcome"), ("go", "sencha"), ("static", "<h1>Tea shop</h1>")]
)
def test_a_sample_becomes_a_service_that_runs_what_was_pushed(
    app: str,
    says: str,
    story: Story,
    docker_client: docker.DockerClient,
    cluster: ClusterApi,
) -> None:
    view = story.run(APPS / app)

    assert_serving(view, story.name, docker_client, cluster)
    assert says in cluster.ask_service(story.name, story.name, view["service"]["port"], "/")


def test_flask_is_deployed_by_one_command_that_runs_the_system_itself(
    story: Story,
    engines: Engines,
    docker_client: docker.DockerClient,
    cluster: ClusterApi,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    state = {"SLIPWAY_STATE": str(tmp_path_factory.mktemp("state"))}
    place = ["--name", story.name, "--namespace", story.name, "--env", "CURRENCY=GBP"]

    done = slipway(["deploy", str(APPS / "flask"), *place], engines.environment | state)

    view = document(done)
    story.workflows.append(view["workflow_id"])
    assert done.returncode == os.EX_OK, done.stderr
    assert "REHEARSAL" not in done.stderr
    assert_serving(view, story.name, docker_client, cluster)
    assert "GBP" in cluster.ask_service(story.name, story.name, view["service"]["port"], "/")


def assert_serving(view: View, name: str, engine: docker.DockerClient, cluster: ClusterApi) -> None:
    """One digest stands in the view, in the registry, in the Deployment and on the node."""
    assert view["status"] == "COMPLETED", view
    assert not view["rehearsal"]
    assert [step["status"] for step in view["steps"]] == ["DONE"] * len(view["steps"])
    labels = {WORKFLOW: view["workflow_id"], APP: name, MANAGED_BY: MANAGER}
    image = view["image"]
    assert labels.items() <= engine.images.get(image["reference"]).labels.items()
    assert_in_registry(image, labels)
    repository = image["reference"].rpartition(":")[0]
    deployment = cluster.call("GET", f"/apis/apps/v1/namespaces/{name}/deployments/{name}")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"{repository}@{image['digest']}"
    (pod,) = cluster.items(f"/api/v1/namespaces/{name}/pods")
    assert pod["status"]["containerStatuses"][0]["ready"]
    for path in OBJECTS:
        for found in cluster.items(path.format(name)):
            assert labels.items() <= found["metadata"]["labels"].items(), found["metadata"]


def assert_in_registry(image: Mapping[str, str], labels: Mapping[str, str]) -> None:
    registry = HttpRegistry()
    repository = image["reference"].rpartition(":")[0]
    assert registry.digest(image["reference"]) == image["digest"]
    assert labels.items() <= registry.labels(repository, image["digest"]).items()
    registry.close()
