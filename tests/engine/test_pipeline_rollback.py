"""Two versions are deployed and taken back, one after the other, until nothing is left."""

from typing import Any

import pytest
from tests.engine.story import APPS, Story, View
from tests.engines.cluster_api import ClusterApi

from slipway.adapters.registry_http import HttpRegistry
from slipway_local.cli.exits import CliError

pytestmark = pytest.mark.engine


def test_what_ran_before_runs_again_and_at_last_nothing_does(
    story: Story, cluster: ClusterApi
) -> None:
    empty = story.look()
    first = story.run(APPS / "static")
    assert first["status"] == "COMPLETED", first
    spec, with_first = _deployment(cluster, story.name)["spec"], story.look()
    second = story.run(APPS / "static", app={"replicas": 2})
    assert second["status"] == "COMPLETED", second
    with pytest.raises(CliError) as refusal:
        story.roll_back(first["workflow_id"])
    assert refusal.value.code == "superseded"
    assert second["workflow_id"] in refusal.value.message

    back = story.roll_back(second["workflow_id"])

    _assert_taken_back(back)
    now = _deployment(cluster, story.name)
    assert now["spec"] == spec
    assert now["status"]["readyReplicas"] == 1
    assert _images_of_pods(cluster, story.name) == {_image(first)}
    registry = HttpRegistry()
    assert registry.digest(first["image"]["reference"]) == first["image"]["digest"]
    assert registry.digest(second["image"]["reference"]) is None
    registry.close()
    service = first["service"]
    assert cluster.ask_service(service["namespace"], service["name"], service["port"], "/")
    assert story.changes(with_first) == []

    gone = story.roll_back(first["workflow_id"])

    _assert_taken_back(gone)
    assert story.changes(empty) == []


def _assert_taken_back(view: View) -> None:
    assert view["status"] == "COMPENSATED", view
    assert view["receipt"]["clean"], view["receipt"]
    assert view["error"]["code"] == "rollback_requested"


def _image(view: View) -> str:
    repository, _, _ = view["image"]["reference"].rpartition(":")
    return f"{repository}@{view['image']['digest']}"


def _deployment(cluster: ClusterApi, name: str) -> dict[str, Any]:
    return cluster.call("GET", f"/apis/apps/v1/namespaces/{name}/deployments/{name}")


def _images_of_pods(cluster: ClusterApi, namespace: str) -> set[str]:
    """Of the pods that stay: one that ends already belongs to the version before."""
    pods = cluster.items(f"/api/v1/namespaces/{namespace}/pods")
    stay = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    return {pod["spec"]["containers"][0]["image"] for pod in stay}
