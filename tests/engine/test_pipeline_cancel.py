"""Who changes their mind gets their world back within seconds."""

import time
from pathlib import Path
from typing import Any

import docker
import pytest
from tests.engine.story import APPS, Story, View, wait_until
from tests.engines.cluster_api import ClusterApi

from slipway.containerize.labels import WORKFLOW

pytestmark = pytest.mark.engine

BUILDS_FOR_TEN_MINUTES = """\
FROM python:3.13-slim
RUN sleep 600
USER 10001:10001
EXPOSE 8080
CMD ["python", "-m", "http.server", "8080"]
"""
SECONDS = 20
AT_THE_ENGINE_S = 5
"""After a cancel a build runs no longer than this."""


def test_a_cancel_stops_the_build_on_the_engine(
    story: Story, tmp_path: Path, docker_client: docker.DockerClient
) -> None:
    (tmp_path / "Dockerfile").write_text(BUILDS_FOR_TEN_MINUTES)
    before = story.look()
    workflow = story.ask(tmp_path)
    wait_until(lambda: _sleeps(docker_client, workflow))

    began = time.monotonic()
    story.ask_to_stop(workflow)
    wait_until(lambda: not _sleeps(docker_client, workflow), within_s=AT_THE_ENGINE_S)
    view = story.end(workflow)

    assert time.monotonic() - began < SECONDS
    assert_cancelled(view)
    assert _containers(docker_client, workflow) == []
    assert story.changes(before) == []


def test_a_cancel_ends_the_wait_for_pods_that_never_become_ready(
    story: Story, cluster: ClusterApi
) -> None:
    before = story.look()
    workflow = story.ask(APPS / "never-ready")
    wait_until(lambda: _pod_runs(cluster, story.name))

    began = time.monotonic()
    view = story.cancel(workflow)

    assert time.monotonic() - began < 2 * SECONDS
    assert_cancelled(view)
    assert story.changes(before) == []


def assert_cancelled(view: View) -> None:
    assert view["status"] == "COMPENSATED", view
    assert view["cancel"]["reason"] == "closing time"
    assert view["error"]["code"] == "cancelled"
    assert view["receipt"]["clean"], view["receipt"]


def _sleeps(engine: docker.DockerClient, workflow: str) -> bool:
    return any("sleep 600" in each["Command"] for each in _containers(engine, workflow))


def _containers(engine: docker.DockerClient, workflow: str) -> list[dict[str, Any]]:
    found = engine.api.containers(all=True, filters={"label": f"{WORKFLOW}={workflow}"})
    return list(found)


def _pod_runs(cluster: ClusterApi, namespace: str) -> bool:
    pods = cluster.items(f"/api/v1/namespaces/{namespace}/pods")
    return any(pod["status"]["phase"] == "Running" for pod in pods)
