"""A registry or an API server that dies at the worst moment: a delay, or nothing left behind."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.engine.line import Line, line_to
from tests.engine.story import APPS, Story, assert_undone, wait_until
from tests.engines.settings import Engines

from slipway.settings import Settings
from slipway_local.system import LocalSystem, Options

pytestmark = pytest.mark.engine

LAYER_BYTES = 8_000_000
IN_THE_MIDDLE = LAYER_BYTES // 2
ENGINE_GIVES_UP_S = 180
"""An engine tries a push several times of its own accord."""


@pytest.fixture(scope="module")
def registry_line(engines: Engines) -> Iterator[Line]:
    with line_to(engines.registry) as line:
        yield line


@pytest.fixture(scope="module")
def cluster_line(kubeconfig: Path) -> Iterator[Line]:
    server = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    with line_to(server.removeprefix("https://")) as line:
        yield line


@pytest.fixture(scope="module")
def system(
    engines: Engines,
    registry_line: Line,
    cluster_line: Line,
    kubeconfig: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LocalSystem]:
    """The whole system; it knows the registry and the API server at the ends of two lines only."""
    folder = tmp_path_factory.mktemp("outages")
    config = yaml.safe_load(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = f"https://{cluster_line.address}"
    (folder / "kubeconfig").write_text(yaml.safe_dump(config))
    (folder / "kubeconfig").chmod(0o600)
    registry = engines.environment["SLIPWAY_REGISTRY"].replace(
        engines.registry, registry_line.address
    )
    instead = {
        "SLIPWAY_REGISTRY": registry,
        "KUBECONFIG": str(folder / "kubeconfig"),
        "SLIPWAY_STATE": str(folder),
    }
    settings = Settings.read(engines.environment | instead)
    with LocalSystem(settings, Options(retry_scale=0.2)) as running:
        assert not running.rehearsal
        yield running


@pytest.fixture(autouse=True)
def _settings_of_the_engines() -> None:
    """Instead of the other engine tests': here the system's own say where everything is."""


@pytest.fixture
def large_site(tmp_path: Path) -> Path:
    """Its image has a layer that the registry has never seen and that cannot be made smaller."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<h1>tea</h1>")
    (folder / "photo.jpg").write_bytes(os.urandom(LAYER_BYTES))
    return folder


@pytest.fixture(autouse=True)
def _in_the_end_all_is_well(registry_line: Line, cluster_line: Line) -> Iterator[None]:
    yield
    registry_line.mend()
    cluster_line.mend()


def test_a_registry_that_dies_in_the_middle_of_a_push_and_returns_too_late_keeps_nothing(
    story: Story, registry_line: Line, large_site: Path
) -> None:
    before = story.look()
    registry_line.cut(after_bytes=IN_THE_MIDDLE)
    workflow = story.ask(large_site, options={"deploy": False})

    wait_until(lambda: "step.failed" in told(story, workflow), ENGINE_GIVES_UP_S)
    assert registry_line.is_cut.is_set()
    registry_line.mend()

    assert_undone(story.end(workflow), "push_image", {"registry_unreachable"})
    assert story.changes(before) == []


def test_a_registry_that_is_back_in_time_has_only_cost_time(
    story: Story, registry_line: Line, large_site: Path
) -> None:
    registry_line.cut(after_bytes=IN_THE_MIDDLE)
    workflow = story.ask(large_site, options={"deploy": False})

    wait_until(registry_line.is_cut.is_set)
    registry_line.mend()

    view = story.end(workflow)
    assert view["status"] == "COMPLETED", view
    assert view["image"]["digest"]


def test_an_api_server_that_dies_in_the_middle_of_a_rollout_keeps_nothing(
    story: Story, cluster_line: Line
) -> None:
    before = story.look()
    workflow = story.ask(APPS / "never-ready")
    wait_until(lambda: is_at_work(story, workflow, "deploy_application"))
    cluster_line.cut()

    wait_until(lambda: "step.failed" in told(story, workflow), within_s=120)
    cluster_line.mend()

    assert_undone(story.end(workflow), "deploy_application", {"cluster_unreachable"})
    assert story.changes(before) == []


def told(story: Story, workflow: str) -> set[str]:
    assert story.view(workflow)
    items = story.client.get(f"/workflows/{workflow}/timeline")["items"]
    return {item["type"].removeprefix("slipway.") for item in items}


def is_at_work(story: Story, workflow: str, name: str) -> bool:
    steps = story.view(workflow)["steps"]
    return any(step["name"] == name and step["status"] == "INTENT" for step in steps)
