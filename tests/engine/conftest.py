"""Every test here runs with the settings of the real engines in its environment."""

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


@pytest.fixture
def story(
    system: LocalSystem,
    namespace: str,
    world: Callable[[], World],
    engines: Engines,
    cluster: ClusterApi,
) -> Iterator[Story]:
    """Tell one; whatever its workflows have made is gone afterwards."""
    client = Client(system.url, system.token)
    told = Story(namespace, system, client, world)
    yield told
    clear(told, engines.environment, cluster)
    client.close()
