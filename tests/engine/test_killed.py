"""`kill -9` at any moment: the next `slipway up` undoes what was left, on the real engines."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
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
    namespace: str,
    engines: Engines,
    cluster: ClusterApi,
    world: Callable[[], World],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One namespace lets no pod in: what goes there has to be undone, killed or not.

    Every second workflow goes to another one, where it may come to serve before the next kill; all
    that did are taken back at the end, the last one first.
    """
    make_full_namespace(cluster, place)
    requests = [
        {"app": {"name": app, "namespace": app}, "options": {"scan": False}}
        for app in (place, namespace)
    ]
    environment = own_environment() | engines.environment
    mortal = Mortal(tmp_path / "state", environment, APPS / "static", requests)
    with removed_afterwards(engines, mortal.asked):
        before = world()
        with capsys.disabled():
            kill_again_and_again(mortal, KILLS, LONGEST_S)

        ended = mortal.live_to_the_end()
        _assert_true(ended, namespace)
        served = {view["workflow_id"] for view in ended if view["status"] == "COMPLETED"}
        views = mortal.take_back(each for each in reversed(mortal.asked) if each in served)

        after, workflows = world(), {view["workflow_id"] for view in views}
        for app in (place, namespace):
            assert changes(before, after, app, workflows) == []
        _assert_told(mortal, views)
        _assert_nothing_to_sweep(mortal, workflows)


def _assert_true(views: Sequence[View], serving: str) -> None:
    """Only where pods are let in may a workflow have completed."""
    for view in views:
        where = view["request"]["app"]["namespace"]
        assert view["status"] == "COMPENSATED" or (view["status"], where) == ("COMPLETED", serving)


def _assert_told(mortal: Mortal, views: list[View]) -> None:
    workflows = {view["workflow_id"] for view in views}
    assert workflows >= set(mortal.asked)
    for view in views:
        assert view["status"] == "COMPENSATED", view
        assert view["receipt"]["clean"], view["receipt"]
    assert mortal.interrupted, "no kill met a workflow"
    assert json.loads(mortal.run("list", "--limit", "100", "--json").stdout)["items"] == views


def _assert_nothing_to_sweep(mortal: Mortal, workflows: Collection[str]) -> None:
    """The engines are shared: what others have left there is theirs."""
    swept = mortal.run("sweep", "--dry-run", "--grace", "0", "--json")
    report = json.loads(swept.stdout)
    assert report["unreachable"] == []
    found = [each for each in report["items"] if each["workflow_id"] in workflows]
    assert (found, report["rescued"]) == ([], [])


@contextmanager
def removed_afterwards(engines: Engines, workflows: Sequence[str]) -> Iterator[None]:
    """Images that a failed test leaves; the namespace goes with its fixture."""
    try:
        yield
    finally:
        with closing(DockerEngine(engines.environment["DOCKER_HOST"])) as engine:
            for workflow in workflows:
                engine.remove_made_by(workflow)
