"""An API server that cannot be reached any more, anybody's: nothing is left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.engine.line import Line, line_to
from tests.engine.story import APPS, Story, assert_undone, is_at_work, told, wait_until
from tests.engines.settings import Engines

from slipway.settings import Settings
from slipway_local.system import LocalSystem, Options

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def cluster_line(kubeconfig: Path) -> Iterator[Line]:
    server = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    with line_to(server.removeprefix("https://")) as line:
        yield line


@pytest.fixture(scope="module")
def system(
    engines: Engines,
    cluster_line: Line,
    kubeconfig: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LocalSystem]:
    """The whole system; it knows the API server at the end of a line only."""
    folder = tmp_path_factory.mktemp("outages")
    config = yaml.safe_load(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = f"https://{cluster_line.address}"
    (folder / "kubeconfig").write_text(yaml.safe_dump(config))
    (folder / "kubeconfig").chmod(0o600)
    instead = {"KUBECONFIG": str(folder / "kubeconfig"), "SLIPWAY_STATE": str(folder)}
    settings = Settings.read(engines.environment | instead)
    with LocalSystem(settings, Options(retry_scale=0.2)) as running:
        assert not running.rehearsal
        yield running


@pytest.fixture(autouse=True)
def _settings_of_the_engines() -> None:
    """Instead of the other engine tests': here the system's own say where everything is."""


@pytest.fixture(autouse=True)
def _in_the_end_all_is_well(cluster_line: Line) -> Iterator[None]:
    yield
    cluster_line.mend()


def test_an_api_server_that_is_cut_off_in_the_middle_of_a_rollout_keeps_nothing(
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
