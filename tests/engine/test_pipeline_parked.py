"""The registry refuses to delete: an operator is asked, mends it, and nothing is left."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.engine.clearing import clear
from tests.engine.story import APPS, Story
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines
from tests.engines.world import World

from slipway.adapters.registry_http import HttpRegistry
from slipway.saga import Unavailable
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem, Options

pytestmark = pytest.mark.engine


class ReadOnly(HttpRegistry):
    """The real registry, in which nothing can be deleted until somebody mends it."""

    mended = False

    def delete(self, repository: str, digest: str) -> None:
        if not self.mended:
            raise Unavailable("registry_read_only", "the registry takes no deletions now")
        super().delete(repository, digest)


@pytest.fixture
def registry() -> Iterator[ReadOnly]:
    registry = ReadOnly()
    yield registry
    registry.close()


@pytest.fixture
def story(
    registry: ReadOnly,
    place: str,
    world: Callable[[], World],
    engines: Engines,
    cluster: ClusterApi,
    tmp_path: Path,
) -> Iterator[Story]:
    """As the usual one, on a system with this registry, which loses no time between tries."""
    settings = Settings.read(engines.environment | {"SLIPWAY_STATE": str(tmp_path)})
    options = Options(ports={"registry": registry}, retry_scale=0.01)
    with LocalSystem(settings, options) as system:
        client = Client(system.url, system.token)
        told = Story(place, system, client, world)
        yield told
        clear(told, engines.environment, cluster)
        client.close()


def test_what_was_parked_is_resolved_and_the_world_is_as_before(
    story: Story, registry: ReadOnly
) -> None:
    before = story.look()
    parked = story.run(APPS / "crashes")
    assert parked["status"] == "PARKED", parked
    push = next(step for step in parked["steps"] if step["name"] == "push_image")
    assert (push["status"], push["undo"]["error"]["code"]) == ("UNDO_PARKED", "registry_read_only")

    registry.mended = True
    workflow = parked["workflow_id"]
    story.client.post(f"/workflows/{workflow}/steps/push_image/resolve", {"decision": "retry"})
    ended = story.end(workflow)

    assert ended["status"] == "COMPENSATED", ended
    assert ended["receipt"]["clean"], ended["receipt"]
    assert story.changes(before) == []
