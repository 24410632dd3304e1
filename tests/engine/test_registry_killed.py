"""`kill -9` of the registry in the middle of a push: a delay, or nothing left, or an operator."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import docker
import pytest
import requests
from tests.engine.clearing import clear
from tests.engine.line import Line, line_to
from tests.engine.story import Story, View, assert_undone, told, wait_until
from tests.engines.cluster_api import ClusterApi
from tests.engines.own_registry import OwnRegistry, own_registry
from tests.engines.settings import Engines
from tests.engines.world import World, look

from slipway.adapters.registry_http import ACCEPT
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem, Options

pytestmark = pytest.mark.engine

LAYER_BYTES = 8_000_000
IN_THE_MIDDLE = LAYER_BYTES // 2
ENGINE_GIVES_UP_S = 180
"""An engine tries a push several times of its own accord."""


class Mortal:
    """`line` is the way on which the system and the engine come to the registry."""

    def __init__(self, registry: OwnRegistry, line: Line) -> None:
        self._registry, self.line = registry, line
        self.start = registry.start
        self.is_dead = threading.Event()

    def dies_in_the_middle_of_a_push(self) -> None:
        self.is_dead.clear()
        self.line.when_sent(IN_THE_MIDDLE, self._die)

    def revive(self) -> None:
        self._registry.kill()
        self._registry.start()

    def _die(self) -> None:
        self._registry.kill()
        self.is_dead.set()


@pytest.fixture(scope="module")
def registry(
    docker_client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OwnRegistry]:
    with own_registry(tmp_path_factory.mktemp("registry"), docker_client) as found:
        yield found


@pytest.fixture(scope="module")
def line(registry: OwnRegistry) -> Iterator[Line]:
    with line_to(registry.host) as found:
        yield found


@pytest.fixture
def mortal(registry: OwnRegistry, line: Line) -> Mortal:
    return Mortal(registry, line)


@pytest.fixture(scope="module")
def environment(engines: Engines, line: Line) -> dict[str, str]:
    return engines.environment | {"SLIPWAY_REGISTRY": f"{line.address}/apps"}


@pytest.fixture(scope="module")
def system(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalSystem]:
    state = {"SLIPWAY_STATE": str(tmp_path_factory.mktemp("state"))}
    settings = Settings.read(environment | state)
    with LocalSystem(settings, Options(retry_scale=0.2)) as running:
        assert not running.rehearsal
        yield running


@pytest.fixture(autouse=True)
def _settings_of_the_engines() -> None:
    """Instead of the other engine tests': here the system's own say where everything is."""


@pytest.fixture
def world(
    docker_client: docker.DockerClient, registry: OwnRegistry, cluster: ClusterApi
) -> Callable[[], World]:
    """Looked at with the test's own registry in it."""
    return partial(look, docker_client, registry.host, cluster)


@pytest.fixture
def story(
    system: LocalSystem,
    mortal: Mortal,
    place: str,
    world: Callable[[], World],
    environment: dict[str, str],
    cluster: ClusterApi,
) -> Iterator[Story]:
    """As the usual one, with this registry, which lives again when the story is over."""
    client = Client(system.url, system.token)
    story = Story(place, system, client, world)
    yield story
    mortal.revive()
    clear(story, environment, cluster)
    client.close()


@pytest.fixture
def large_site(tmp_path: Path) -> Path:
    """Its image has a layer that the registry has never seen and that cannot be made smaller."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<h1>tea</h1>")
    (folder / "photo.jpg").write_bytes(os.urandom(LAYER_BYTES))
    return folder


def push(story: Story, site: Path) -> str:
    return story.ask(site, options={"deploy": False})


def test_a_registry_that_is_back_in_time_has_only_cost_time(
    story: Story, mortal: Mortal, large_site: Path
) -> None:
    mortal.dies_in_the_middle_of_a_push()
    workflow = push(story, large_site)

    assert mortal.is_dead.wait(ENGINE_GIVES_UP_S)
    mortal.start()

    view = story.end(workflow)
    assert view["status"] == "COMPLETED", view
    assert_is_whole(mortal.line.address, view["image"])


def test_a_registry_that_returns_too_late_keeps_nothing(
    story: Story, mortal: Mortal, large_site: Path
) -> None:
    before = story.look()
    mortal.dies_in_the_middle_of_a_push()
    workflow = push(story, large_site)

    wait_until(lambda: "step.failed" in told(story, workflow), ENGINE_GIVES_UP_S)
    assert mortal.is_dead.is_set()
    mortal.start()

    assert_undone(story.end(workflow), "push_image", {"registry_unreachable"})
    assert story.changes(before) == []


def test_a_registry_that_stays_away_is_told_as_that_and_nothing_is_left_after_its_return(
    story: Story, mortal: Mortal, large_site: Path
) -> None:
    before = story.look()
    mortal.dies_in_the_middle_of_a_push()
    workflow = push(story, large_site)

    parked = story.end(workflow)

    assert mortal.is_dead.is_set()
    assert parked["status"] == "PARKED", parked
    assert undo_of(parked, "push_image")["error"]["code"] == "registry_unreachable"

    mortal.start()
    story.client.post(f"/workflows/{workflow}/steps/push_image/resolve", {"decision": "retry"})

    assert_undone(story.end(workflow), "push_image", {"registry_unreachable"})
    assert story.changes(before) == []


def undo_of(view: View, name: str) -> dict[str, Any]:
    step = next(step for step in view["steps"] if step["name"] == name)
    assert step["status"] == "UNDO_PARKED", step
    return dict(step["undo"])


def assert_is_whole(address: str, image: dict[str, Any]) -> None:
    """Every byte of it is in the registry, as its manifest says."""
    repository = image["reference"].removeprefix(f"{address}/").rpartition(":")[0]
    with requests.Session() as session:
        session.trust_env = False
        place = f"http://{address}/v2/{repository}"
        manifest = session.get(
            f"{place}/manifests/{image['digest']}", headers=ACCEPT, timeout=10
        ).json()
        for part in [manifest["config"], *manifest["layers"]]:
            blob = session.get(f"{place}/blobs/{part['digest']}", timeout=30)
            assert f"sha256:{hashlib.sha256(blob.content).hexdigest()}" == part["digest"]
