"""Every test here runs with the settings of the real engines in its environment."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from tests.engine.clearing import clear
from tests.engine.story import Story
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines
from tests.engines.world import World

from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem


@pytest.fixture(autouse=True)
def _settings_of_the_engines(engine_environment: None) -> None:
    """Take what `tests/engines/fixtures.py` sets up."""


@pytest.fixture(scope="module")
def system(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """The whole local system on the real engines, one per module."""
    state = {"SLIPWAY_STATE": str(tmp_path_factory.mktemp("state"))}
    with LocalSystem(Settings.read(engines.environment | state)) as running:
        assert not running.rehearsal
        yield running


@pytest.fixture(scope="module")
def _places(cluster: ClusterApi) -> Iterator[list[str]]:
    """Namespaces leave slowly: each goes at its story's end, and all are awaited together."""
    left: list[str] = []
    yield left
    for name in left:
        cluster.remove_namespace(name)


@pytest.fixture
def place(_places: list[str]) -> str:
    """Give a name that is nobody's, for an application and for its namespace."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    _places.append(name)
    return name


@pytest.fixture
def story(
    system: LocalSystem,
    place: str,
    world: Callable[[], World],
    engines: Engines,
    cluster: ClusterApi,
) -> Iterator[Story]:
    """Tell one; whatever its workflows have made is gone afterwards."""
    client = Client(system.url, system.token)
    told = Story(place, system, client, world)
    yield told
    clear(told, engines.environment, cluster)
    client.close()
