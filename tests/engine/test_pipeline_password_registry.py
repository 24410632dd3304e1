"""A registry that wants a password: with it all goes well, without it one clear sentence."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.engine.clearing import clear
from tests.engine.places import make_full_namespace
from tests.engine.story import APPS, Story, assert_undone
from tests.engines.cluster_api import ClusterApi
from tests.engines.password_registry import PasswordRegistry
from tests.engines.settings import Engines
from tests.engines.world import World

from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem

pytestmark = pytest.mark.engine


@pytest.fixture
def told(
    place: str,
    world: Callable[[], World],
    engines: Engines,
    cluster: ClusterApi,
    password_registry: PasswordRegistry,
    tmp_path: Path,
) -> Callable[[Path], Any]:
    """Tell a story with Docker's `config.json` of the given folder."""

    @contextmanager
    def with_logins_of(docker_config: Path) -> Iterator[Story]:
        environment = engines.environment | {
            "DOCKER_CONFIG": str(docker_config),
            "SLIPWAY_REGISTRY": f"{password_registry.host}/apps",
            "SLIPWAY_STATE": str(tmp_path / "state"),
        }
        with LocalSystem(Settings.read(environment)) as system:
            client = Client(system.url, system.token)
            story = Story(place, system, client, world)
            yield story
            clear(story, engines.environment, cluster)
            client.close()

    return with_logins_of


def test_pods_pull_with_a_secret_that_was_made_for_them(
    told: Callable[[Path], Any], password_registry: PasswordRegistry, cluster: ClusterApi
) -> None:
    with told(password_registry.config_dir) as story:
        view = story.run(APPS / "static")

        assert view["status"] == "COMPLETED", view
        assert view["image"]["reference"].startswith(f"{password_registry.host}/apps/")
        assert "Tea shop" in cluster.ask_service(
            story.name, story.name, view["service"]["port"], "/"
        )
        (secret,) = _pull_secrets(cluster, story.name)
        assert secret["metadata"]["labels"]["slipway.dev/workflow"] == view["workflow_id"]
        (pod,) = cluster.items(f"/api/v1/namespaces/{story.name}/pods")
        assert pod["spec"]["imagePullSecrets"] == [{"name": secret["metadata"]["name"]}]


def test_a_failure_takes_the_pull_secret_and_the_image_away(
    told: Callable[[Path], Any], password_registry: PasswordRegistry, cluster: ClusterApi
) -> None:
    with told(password_registry.config_dir) as story:
        make_full_namespace(cluster, story.name)
        before = story.look()

        view = story.run(APPS / "static")

        assert_undone(view, "deploy_application", {"pod_refused"})
        assert any(name.startswith("secret:") for name in _step(view, "prepare_cluster")["created"])
        assert story.changes(before) == []
    assert _tags(password_registry, story.name) == []


@pytest.mark.parametrize("password", ["wrong-horse", None])
def test_a_wrong_or_missing_password_is_told_as_that_and_undone(
    password: str | None,
    told: Callable[[Path], Any],
    password_registry: PasswordRegistry,
    tmp_path: Path,
) -> None:
    _write_login(tmp_path, password_registry, password)
    with told(tmp_path) as story:
        before = story.look()

        view = story.run(APPS / "static")

        assert_undone(view, "push_image", {"registry_denied"})
        assert password_registry.host in view["error"]["fix"]
        assert "wrong-horse" not in json.dumps(view)
        assert story.changes(before) == []


def _write_login(folder: Path, registry: PasswordRegistry, password: str | None) -> None:
    login = base64.b64encode(f"{registry.username}:{password}".encode()).decode()
    auths = {registry.host: {"auth": login}} if password else {}
    (folder / "config.json").write_text(json.dumps({"auths": auths}))


def _pull_secrets(cluster: ClusterApi, namespace: str) -> list[dict[str, Any]]:
    secrets = cluster.items(f"/api/v1/namespaces/{namespace}/secrets")
    return [each for each in secrets if each["type"] == "kubernetes.io/dockerconfigjson"]


def _step(view: dict[str, Any], name: str) -> dict[str, Any]:
    return next(step for step in view["steps"] if step["name"] == name)


def _tags(registry: PasswordRegistry, name: str) -> list[str]:
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (registry.username, registry.password)
        answer = session.get(f"http://{registry.host}/v2/apps/{name}/tags/list", timeout=10)
    return list(answer.json().get("tags") or [])
