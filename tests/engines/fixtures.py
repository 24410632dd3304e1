"""The real engines as fixtures, for tests that carry the mark `engine`."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from tests.engines import settings
from tests.engines.cluster_api import ClusterApi
from tests.engines.password_registry import PasswordRegistry, serve
from tests.engines.selection import FOUND
from tests.engines.world import World, look


@pytest.fixture(scope="session")
def engines(pytestconfig: pytest.Config) -> settings.Engines:
    return pytestconfig.stash[FOUND]


@pytest.fixture
def engine_environment(engines: settings.Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the code under test read the engines' settings from its environment."""
    for name, value in engines.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def docker_client(engines: settings.Engines) -> Iterator[docker.DockerClient]:
    client = docker.DockerClient(base_url=engines.environment["DOCKER_HOST"])
    yield client
    client.close()


@pytest.fixture(scope="session")
def registry_url(engines: settings.Engines) -> str:
    """Host and port of the registry that asks for no password, plain HTTP."""
    return engines.registry


@pytest.fixture(scope="session")
def base_images(engines: settings.Engines) -> str:
    """Prefix that base images are pulled from; empty for the public registries."""
    return engines.environment.get("SLIPWAY_BASE_IMAGES", "")


@pytest.fixture(scope="session")
def build_network(engines: settings.Engines) -> str | None:
    return engines.environment.get("SLIPWAY_BUILD_NETWORK")


@pytest.fixture(scope="session")
def build_args() -> dict[str, str]:
    """Build arguments that lead package clients to this machine's mirrors; empty for none."""
    return settings.mirrors()


@pytest.fixture(scope="session")
def kubeconfig(engines: settings.Engines) -> Path:
    return Path(engines.environment["KUBECONFIG"])


@pytest.fixture(scope="session")
def cluster(kubeconfig: Path) -> Iterator[ClusterApi]:
    api = ClusterApi(kubeconfig)
    yield api
    api.close()


@pytest.fixture
def namespace(cluster: ClusterApi) -> Iterator[str]:
    """Give a name that is nobody's; whoever makes the namespace, it is gone after the test."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    yield name
    cluster.remove_namespace(name)


@pytest.fixture(scope="session")
def password_registry(
    docker_client: docker.DockerClient,
    kubeconfig: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PasswordRegistry]:
    folder = tmp_path_factory.mktemp("password-registry")
    with serve(folder, docker_client, kubeconfig.parent) as registry:
        yield registry


@pytest.fixture(scope="session")
def world(
    docker_client: docker.DockerClient, registry_url: str, cluster: ClusterApi
) -> Callable[[], World]:
    """Return a function that looks at engine, registry and cluster; two looks compare."""
    return lambda: look(docker_client, registry_url, cluster)
