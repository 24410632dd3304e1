"""A step lands after its undo, and dies before it can look at the fence: a sweep takes it away."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.engines import never
from tests.engine.clearing import clear
from tests.engine.places import make_full_namespace
from tests.engine.story import APPS, Story, assert_undone
from tests.engine.test_sweep import Only
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines
from tests.engines.world import World

from recovery.sweep import Sweeper
from slipway import wiring
from slipway.adapters.docker_engine import DockerEngine
from slipway.adapters.kubernetes_cluster import KubernetesCluster
from slipway.containerize.ports import Build, Log, Manifest, Stop
from slipway.messages.sweeping import Sweep, SweepReport
from slipway.saga.errors import Rejected
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.system import LocalSystem, Options

pytestmark = pytest.mark.engine


class LateEngine(DockerEngine):
    """Its first build is given up by who waits for it, and comes all the same."""

    def __init__(self, host: str, folder: Path) -> None:
        super().__init__(host)
        self._folder, self._due = folder, list[Build]()

    def build(self, build: Build, log: Log, stop: Stop) -> str:  # noqa: ARG002  (the port's shape)
        context = self._folder / "late.tar"
        context.write_bytes(build.context.read_bytes())
        self._due.append(replace(build, context=context))
        raise Rejected("given_up", "nobody waits for this build any more")

    def land(self) -> None:
        for build in self._due:
            super().build(build, lambda _: None, never)


class LateCluster(KubernetesCluster):
    """What it is told to deploy comes after everybody has given it up."""

    _due: list[Manifest] | None = None

    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        if dry_run or manifest["kind"] != "Deployment":
            return super().apply(manifest, dry_run=dry_run)
        self._due = [manifest]
        raise Rejected("given_up", "nobody waits for this rollout any more")

    def land(self) -> None:
        for manifest in self._due or ():
            super().apply(manifest)


@pytest.fixture
def engine(engines: Engines, tmp_path: Path) -> Iterator[LateEngine]:
    with closing(LateEngine(engines.environment["DOCKER_HOST"], tmp_path)) as found:
        yield found


@pytest.fixture
def late_cluster(kubeconfig: Path) -> LateCluster:
    return LateCluster.at(str(kubeconfig))


@pytest.fixture
def tell(
    place: str,
    world: Callable[[], World],
    engines: Engines,
    cluster: ClusterApi,
    tmp_path: Path,
) -> Iterator[Callable[..., Story]]:
    """Tell a story on a system with these ports."""
    systems: list[tuple[LocalSystem, Story]] = []

    def with_ports(**ports: object) -> Story:
        settings = Settings.read(engines.environment | {"SLIPWAY_STATE": str(tmp_path / "state")})
        system = LocalSystem(settings, Options(ports=ports)).__enter__()
        story = Story(place, system, Client(system.url, system.token), world)
        systems.append((system, story))
        return story

    yield with_ports
    for system, story in systems:
        clear(story, engines.environment, cluster)
        story.client.close()
        system.__exit__(None, None, None)


def swept(workflow: str, *, dry_run: bool = False) -> SweepReport:
    """As `slipway sweep` does it, with eyes for this workflow alone: the engines are shared."""
    parts = {name: Only(part, {workflow}) for name, part in wiring.managed_parts().items()}
    order, me = Sweep(dry_run=dry_run), wiring.instance()
    store, executions = wiring.store(), wiring.executions()
    return Sweeper(order, store, executions, parts, me, wiring.bus(), wiring.workspace()).run()


def test_a_build_that_lands_after_its_undo_is_swept_away(
    tell: Callable[..., Story], engine: LateEngine
) -> None:
    story = tell(engine=engine)
    before = story.look()
    view = story.run(APPS / "static", options={"scan": False})
    assert_undone(view, "build_image", {"given_up"})

    engine.land()
    assert story.changes(before) != []

    found = swept(view["workflow_id"], dry_run=True)
    assert {item.kind for item in found.items} == {"image"}
    assert story.changes(before) != []
    done = swept(view["workflow_id"])
    assert {item.state for item in done.items} == {"removed"}
    assert story.changes(before) == []


def test_a_deployment_that_lands_after_its_undo_is_swept_away(
    tell: Callable[..., Story], late_cluster: LateCluster, cluster: ClusterApi
) -> None:
    story = tell(cluster=late_cluster)
    make_full_namespace(cluster, story.name)
    before = story.look()
    view = story.run(APPS / "static", options={"scan": False})
    assert_undone(view, "deploy_application", {"given_up"})

    late_cluster.land()
    assert story.changes(before) != []

    found = swept(view["workflow_id"], dry_run=True)
    assert "deployment" in {item.kind for item in found.items}
    done = swept(view["workflow_id"])
    assert {item.state for item in done.items} == {"removed"}
    assert story.changes(before) == []
