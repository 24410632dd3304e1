"""Something of somebody else's has the app's name already: it is theirs until they are asked."""

from typing import Any

import pytest
from tests.engine.places import make_full_namespace
from tests.engine.story import APPS, Story, assert_undone, wait_until
from tests.engines.cluster_api import ClusterApi

pytestmark = pytest.mark.engine

ADOPT = {"adopt": True}
STOCKED = {"env": {"TEA": "assam"}}
BY_HAND = {"team": "boris"}
OTHER_APP = {"slipway.dev/managed-by": "slipway", "slipway.dev/app": "kettle"}


def make_service(cluster: ClusterApi, name: str, labels: dict[str, str]) -> None:
    """The cluster derives its endpoints a moment later: only then is it at rest."""
    place = f"namespaces/{name}"
    spec = {"selector": {"tier": "front"}, "ports": [{"port": 80}]}
    service = {"metadata": {"name": name, "labels": labels}, "spec": spec}
    cluster.call("POST", f"/api/v1/{place}/services", body=service)
    slices = f"/apis/discovery.k8s.io/v1/{place}/endpointslices"
    wait_until(lambda: bool(cluster.items(slices)))


def service_of(cluster: ClusterApi, name: str) -> dict[str, Any]:
    return cluster.call("GET", f"/api/v1/namespaces/{name}/services/{name}")


@pytest.mark.parametrize("labels", [BY_HAND, OTHER_APP], ids=["by-hand", "other-app"])
def test_a_service_of_others_ends_the_workflow_and_is_not_touched(
    story: Story, cluster: ClusterApi, labels: dict[str, str]
) -> None:
    make_full_namespace(cluster, story.name)
    make_service(cluster, story.name, labels)
    before, service = story.look(), service_of(cluster, story.name)

    view = story.run(APPS / "static")

    assert_undone(view, "prepare_cluster", {"not_ours"})
    assert f"Service {story.name}/{story.name}" in view["error"]["message"]
    assert story.changes(before) == []
    assert service_of(cluster, story.name) == service


def test_what_was_taken_over_is_put_back_when_the_application_fails(
    story: Story, cluster: ClusterApi
) -> None:
    make_full_namespace(cluster, story.name)
    make_service(cluster, story.name, BY_HAND)
    before, service = story.look(), service_of(cluster, story.name)

    view = story.run(APPS / "static", options=ADOPT)

    assert_undone(view, "deploy_application", {"pod_refused"})
    assert story.changes(before) == []
    now = service_of(cluster, story.name)
    assert now["spec"] == service["spec"]
    assert now["metadata"]["labels"] == BY_HAND


def test_what_was_taken_over_is_the_apps_own_and_its_second_version_needs_no_leave(
    story: Story, cluster: ClusterApi
) -> None:
    cluster.call("POST", "/api/v1/namespaces", body={"metadata": {"name": story.name}})
    make_service(cluster, story.name, BY_HAND)

    first = story.run(APPS / "crashes", app=STOCKED, options=ADOPT)

    assert first["status"] == "COMPLETED", first
    adopted = next(s["adopted"] for s in first["steps"] if s["name"] == "deploy_application")
    assert f"service:{story.name}/{story.name}" in adopted
    taken = service_of(cluster, story.name)["spec"]
    assert taken["selector"]["slipway.dev/app"] == story.name
    before = story.look()
    second = story.run(APPS / "crashes")
    assert_undone(second, "deploy_application", {"crash_loop"})
    assert story.changes(before) == []


def test_the_tag_of_another_app_ends_the_workflow_and_names_its_image_as_before(
    story: Story,
) -> None:
    first = story.run(APPS / "static", image={"tag": "stable"}, options={"deploy": False})
    assert first["status"] == "COMPLETED", first
    repository = first["image"]["reference"].rpartition(":")[0]
    taking = {"repository": repository, "tag": "stable"}
    before = story.look()

    view = story.run(
        APPS / "static",
        app={"name": f"{story.name}-b"},
        image=taking,
        options={"deploy": False},
    )

    assert_undone(view, "generate_dockerfile", {"not_ours"})
    assert first["image"]["reference"] in view["error"]["message"]
    assert story.changes(before) == []
