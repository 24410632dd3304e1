"""`kill -9` at any moment: the next `slipway up` undoes what was left, on the real engines."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.engine.command_line import own_environment
from tests.engine.places import make_full_namespace
from tests.engine.story import APPS, View, changes
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines
from tests.engines.world import World
from tests.mortal import Mortal, kill_again_and_again

from slipway.adapters.docker_engine import DockerEngine

pytestmark = pytest.mark.engine
KILLS, LONGEST_S = 20, 12.0


def test_killed_twenty_times_it_leaves_nothing_and_its_receipts_say_so(
    place: str,
    engines: Engines,
    cluster: ClusterApi,
    world: Callable[[], World],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The namespace lets no pod in, so every workflow has to be undone, killed or not."""
    make_full_namespace(cluster, place)
    request = {"app": {"name": place, "namespace": place}, "options": {"scan": False}}
    environment = own_environment() | engines.environment
    mortal = Mortal(tmp_path / "state", environment, APPS / "static", request)
    with removed_afterwards(engines, mortal.asked):
        before = world()
        with capsys.disabled():
            kill_again_and_again(mortal, KILLS, LONGEST_S)

        views = mortal.live_to_the_end()

        workflows = {view["workflow_id"] for view in views}
        assert changes(before, world(), place, workflows) == []
        _assert_told(mortal, views)


def _assert_told(mortal: Mortal, views: list[View]) -> None:
    workflows = {view["workflow_id"] for view in views}
    assert workflows >= set(mortal.asked)
    for view in views:
        assert view["status"] == "COMPENSATED", view
        assert view["receipt"]["clean"], view["receipt"]
    assert mortal.interrupted, "no kill met a workflow"
    assert json.loads(mortal.run("list", "--limit", "100", "--json").stdout)["items"] == views


@contextmanager
def removed_afterwards(engines: Engines, workflows: Sequence[str]) -> Iterator[None]:
    """Images that a failed test leaves; the namespace goes with its fixture."""
    try:
        yield
    finally:
        with closing(DockerEngine(engines.environment["DOCKER_HOST"])) as engine:
            for workflow in workflows:
                engine.remove_made_by(workflow)
