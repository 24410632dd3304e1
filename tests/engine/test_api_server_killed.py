"""`kill -9` of the API server in the middle of a rollout: a delay, or nothing left."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from kubernetes.client.exceptions import ApiException
from tests.engine.story import APPS, Story, assert_undone, is_at_work, told, wait_until
from tests.engines.api_server import is_ours, without_api_server
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines

from slipway.settings import Settings
from slipway_local.glue.patching import replaced
from slipway_local.system import LocalSystem, Options

pytestmark = pytest.mark.engine
PORT = 8080
FAILS_WITHIN_S = 120

# Not ready before somebody has said so.
SHOP = """\
import http.server


class Shop(http.server.BaseHTTPRequestHandler):
    is_open = False

    def do_GET(self):
        Shop.is_open = Shop.is_open or self.path == "/open"
        self.send_response(200 if Shop.is_open else 503)
        self.end_headers()


http.server.ThreadingHTTPServer(("", 8080), Shop).serve_forever()
"""
DOCKERFILE = """\
FROM python:3.13-slim
COPY shop.py /shop.py
USER 10001:10001
EXPOSE 8080
CMD ["python", "/shop.py"]
"""


@pytest.fixture(scope="module")
def ours(kubeconfig: Path) -> Path:
    if not is_ours(kubeconfig):
        pytest.skip("the cluster was not started by `make engines`: it is not ours to kill")
    return kubeconfig


@pytest.fixture
def system(
    request: pytest.FixtureRequest, engines: Engines, tmp_path: Path
) -> Iterator[LocalSystem]:
    """A step is tried again for 14 s, never less, times what the test says."""
    settings = Settings.read(engines.environment | {"SLIPWAY_STATE": str(tmp_path / "state")})
    longest = replaced(random, "uniform", lambda _, most: most)
    with longest, LocalSystem(settings, Options(retry_scale=request.param)) as running:
        assert not running.rehearsal
        yield running


@pytest.mark.parametrize("system", [2.0], indirect=True)
def test_an_api_server_that_restarts_in_the_middle_of_a_rollout_has_only_cost_time(
    story: Story, ours: Path, cluster: ClusterApi, tmp_path: Path
) -> None:
    source = tmp_path / "shop"
    source.mkdir()
    (source / "shop.py").write_text(SHOP)
    (source / "Dockerfile").write_text(DOCKERFILE)
    workflow = story.ask(source, app={"port": PORT})
    wait_until(lambda: bool(pods(cluster, story.name)))

    with without_api_server(ours):
        wait_until(lambda: "step.attempt_failed" in told(story, workflow))
    wait_until(partial(opens, cluster, story.name))

    view = story.end(workflow)
    assert view["status"] == "COMPLETED", view
    assert "step.attempt_failed" in told(story, workflow)


@pytest.mark.parametrize("system", [0.2], indirect=True)
def test_an_api_server_that_returns_too_late_keeps_nothing(story: Story, ours: Path) -> None:
    before = story.look()
    workflow = story.ask(APPS / "never-ready")
    wait_until(lambda: is_at_work(story, workflow, "deploy_application"))

    with without_api_server(ours):
        wait_until(lambda: "step.failed" in told(story, workflow), FAILS_WITHIN_S)

    assert_undone(story.end(workflow), "deploy_application", {"cluster_unreachable"})
    assert story.changes(before) == []


def pods(cluster: ClusterApi, namespace: str) -> list[str]:
    found = cluster.items(f"/api/v1/namespaces/{namespace}/pods")
    return [pod["metadata"]["name"] for pod in found]


def opens(cluster: ClusterApi, namespace: str) -> bool:
    """It may not have begun to listen."""
    (pod,) = pods(cluster, namespace)
    try:
        cluster.ask_pod(namespace, pod, PORT, "/open")
    except ApiException:
        return False
    return True
