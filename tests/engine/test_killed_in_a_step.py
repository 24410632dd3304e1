"""`kill -9` in the middle of a step: mid-build, mid-push, mid-apply. Nothing stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.command_line import own_environment
from tests.engine.story import changes
from tests.engine.test_killed import removed_afterwards
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


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle_of_a_step_it_leaves_nothing(
    step: str, place: str, engines: Engines, world: Callable[[], World], tmp_path: Path
) -> None:
    source = tmp_path / "slow"
    source.mkdir()
    (source / "app.py").write_text(SLOW)
    (source / "Dockerfile").write_text(DOCKERFILE)
    request = {"app": {"name": place, "namespace": place}, "options": {"scan": False}}
    mortal = Mortal(tmp_path / "state", own_environment() | engines.environment, source, request)
    with removed_afterwards(engines, mortal.asked):
        before = world()
        mortal.live_until(step)

        (view,) = mortal.live_to_the_end()

        assert view["status"] == "COMPENSATED", view
        assert view["receipt"]["clean"], view["receipt"]
        assert changes(before, world(), place, {view["workflow_id"]}) == []
