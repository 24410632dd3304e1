"""`kill -9` in the middle of a step: mid-build, mid-push, mid-apply. Nothing stays."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docker import DockerClient
from tests.engine.command_line import own_environment
from tests.engine.story import ENDS_WITHIN_S, changes
from tests.engine.test_killed import removed_afterwards
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines
from tests.engines.world import World
from tests.mortal import Mortal

pytestmark = pytest.mark.engine

# Every step of it takes its time: a build that sleeps, a layer to push, an answer that is slow.
SLOW = """\
import http.server
import time


class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(5)
        self.send_response(200)
        self.end_headers()


http.server.ThreadingHTTPServer(("", 8080), Slow).serve_forever()
"""
DOCKERFILE = """\
FROM python:3.13-slim
RUN head -c 8000000 /dev/urandom > /photo.jpg && sleep 2
COPY app.py /app.py
USER 10001:10001
EXPOSE 8080
CMD ["python", "/app.py"]
"""
STEPS = (
    "build_image",
    "tag_image",
    "push_image",
    "prepare_cluster",
    "deploy_application",
    "verify_deployment",
)


TRIES = 12


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle_of_a_step_it_leaves_nothing(
    step: str,
    place: str,
    engines: Engines,
    docker_client: DockerClient,
    cluster: ClusterApi,
    world: Callable[[], World],
    tmp_path: Path,
) -> None:
    """A step may be over before the kill comes: then again, until it died in this one."""
    source = tmp_path / "slow"
    source.mkdir()
    (source / "app.py").write_text(SLOW)
    (source / "Dockerfile").write_text(DOCKERFILE)
    request = {"app": {"name": place, "namespace": place}, "options": {"scan": False}}
    mortal = Mortal(tmp_path / "state", own_environment() | engines.environment, source, [request])
    repository = f"{engines.environment['SLIPWAY_REGISTRY']}/{place}"
    begun = datetime.now(UTC)
    signs = {
        "tag_image": lambda: _hears_of_tag(
            docker_client, f"{repository}:{mortal.asked[-1]}", begun
        ),
        "prepare_cluster": lambda: _has_namespace(cluster, place),
    }
    with removed_afterwards(engines, mortal.asked):
        before, ends = world(), list[tuple[str, str | None]]()
        while ("slipway.step.started", step) not in ends:
            assert len(ends) < TRIES, f"killed each time elsewhere: {ends}"
            mortal.live_until(step, signs.get(step))
            views = mortal.live_to_the_end()
            ends.append(mortal.last_event_of_its_life(mortal.asked[-1]))

            assert {view["status"] for view in views} == {"COMPENSATED"}, views
            assert all(view["receipt"]["clean"] for view in views), views
            assert changes(before, world(), place, mortal.asked) == []


def _hears_of_tag(client: DockerClient, reference: str, since: datetime) -> bool:
    """Waits for it: whoever asked again and again would come too late."""
    told = client.events(
        decode=True,
        since=since,
        until=since + timedelta(seconds=ENDS_WITHIN_S),
        filters={"type": "image", "event": "tag"},
    )
    with closing(told):
        return any(event["Actor"]["Attributes"]["name"] == reference for event in told)


def _has_namespace(cluster: ClusterApi, name: str) -> bool:
    return any(each["metadata"]["name"] == name for each in cluster.items("/api/v1/namespaces"))
