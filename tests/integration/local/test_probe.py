"""What is named must answer; what is not named may be stood in for, and that is said."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import Quiet, served

from slipway.settings import Settings
from slipway_local.cli.doctor import examined
from slipway_local.engines.probe import Rehearsal, Unreachable, look, parts, world

NOWHERE = Path("/nonexistent/docker.sock")


class Answers(Quiet, BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = {"/_ping": 200, "/v2/": 401, "/version": 200}
        self.send_response(known.get(self.path, 404))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def port() -> Iterator[int]:
    with served(Answers) as place:
        yield int(place.partition(":")[2])


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def kubeconfig(folder: Path, port: int, scheme: str = "http", base: str = "") -> str:
    path = folder / "kubeconfig"
    path.write_text(
        "current-context: here\n"
        "contexts: [{name: here, context: {cluster: one}}]\n"
        f"clusters: [{{name: one, cluster: {{server: '{scheme}://127.0.0.1:{port}{base}'}}}}]\n"
    )
    return str(path)


def seen(settings: Settings) -> Rehearsal:
    return look(settings, NOWHERE, NOWHERE)


def test_with_all_three_there_everything_is_real(port: int, tmp_path: Path) -> None:
    settings = Settings(
        docker_host=f"tcp://127.0.0.1:{port}",
        registry=f"127.0.0.1:{port}/apps",
        kubeconfig=kubeconfig(tmp_path, port),
    )

    assert not seen(settings)
    assert seen(settings).line is None


@pytest.mark.parametrize(
    ("scheme", "path", "told"),
    [("https", "", "does not speak TLS"), ("http", "/web", "is not a Kubernetes API")],
)
def test_another_service_is_no_cluster(
    port: int, tmp_path: Path, scheme: str, path: str, told: str
) -> None:
    settings = Settings(kubeconfig=kubeconfig(tmp_path, port, scheme, path))

    *_, cluster = examined(parts(settings, NOWHERE, NOWHERE))

    assert cluster.state == "unreachable"
    assert told in cluster.detail


def test_on_a_bare_machine_everything_is_rehearsed_and_the_reasons_are_given() -> None:
    rehearsal = seen(Settings())

    assert rehearsal.parts == ("engine", "registry", "cluster")
    assert str(rehearsal.line).startswith("REHEARSAL: engine, registry and cluster in memory")
    assert any("DOCKER_HOST" in reason for reason in rehearsal.reasons)
    assert any("SLIPWAY_REGISTRY" in reason for reason in rehearsal.reasons)


def test_without_a_cluster_only_the_cluster_is_rehearsed(port: int) -> None:
    settings = Settings(docker_host=f"tcp://127.0.0.1:{port}", registry=f"127.0.0.1:{port}")

    assert seen(settings).parts == ("cluster",)


def test_a_real_cluster_cannot_pull_from_memory_so_without_a_registry_it_is_not_used(
    port: int, tmp_path: Path
) -> None:
    settings = Settings(
        docker_host=f"tcp://127.0.0.1:{port}", kubeconfig=kubeconfig(tmp_path, port)
    )

    assert "cluster" in seen(settings).parts


@pytest.mark.parametrize("setting", ["DOCKER_HOST", "SLIPWAY_REGISTRY", "KUBECONFIG"])
def test_what_is_named_and_does_not_answer_is_an_error(
    setting: Any, closed_port: int, tmp_path: Path
) -> None:
    named = {
        "DOCKER_HOST": {"docker_host": f"tcp://127.0.0.1:{closed_port}"},
        "SLIPWAY_REGISTRY": {"registry": f"127.0.0.1:{closed_port}"},
        "KUBECONFIG": {"kubeconfig": kubeconfig(tmp_path, closed_port)},
    }[setting]

    with pytest.raises(Unreachable, match=rf"{setting}: .*Connection refused"):
        seen(Settings(**named))


@pytest.mark.parametrize("text", [None, "not: [yaml", "{}", "contexts: 3"])
def test_a_kubeconfig_that_is_none_is_an_error(tmp_path: Path, text: Any) -> None:
    path = tmp_path / "kubeconfig"
    if text is not None:
        path.write_text(text)

    with pytest.raises(Unreachable, match="KUBECONFIG"):
        seen(Settings(kubeconfig=str(path)))


def test_an_engine_that_answers_is_not_used_without_a_registry_and_that_is_said(port: int) -> None:
    settings = Settings(docker_host=f"tcp://127.0.0.1:{port}")

    engine, registry, cluster = examined(parts(settings, NOWHERE, NOWHERE))

    assert (engine.state, registry.state, cluster.state) == ("rehearsal",) * 3
    assert "responds, but a stand-in" in engine.detail
    assert "SLIPWAY_REGISTRY" in engine.detail
    assert seen(settings).parts == ("engine", "registry", "cluster")


def test_what_would_be_used_is_ok(port: int, tmp_path: Path) -> None:
    settings = Settings(
        docker_host=f"tcp://127.0.0.1:{port}",
        registry=f"127.0.0.1:{port}/apps",
        kubeconfig=kubeconfig(tmp_path, port),
    )

    assert [found.state for found in examined(parts(settings, NOWHERE, NOWHERE))] == ["ok"] * 3


def test_a_cluster_is_its_current_contexts_server_whatever_file_names_it(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one = kubeconfig(tmp_path, 6443)
    other = kubeconfig(tmp_path / "other", 6443)
    Path(other).write_text(Path(other).read_text().replace("127.0.0.1", "LOCALHOST"))

    assert acts_on(one)["cluster"] == "http://127.0.0.1:6443"
    assert acts_on(one) == acts_on(other)


def test_another_context_of_the_same_file_is_another_world(tmp_path: Path) -> None:
    path = Path(kubeconfig(tmp_path, 6443))
    here = acts_on(str(path))

    path.write_text(path.read_text().replace(":6443", ":7443/"))

    assert acts_on(str(path)) == {**here, "cluster": "http://127.0.0.1:7443"}


def test_what_is_stood_in_for_is_in_memory_and_no_login_is_noted() -> None:
    settings = Settings(docker_host="https://anna:secret@build.example:443")

    assert world(settings, Rehearsal(("cluster",))) == {
        "engine": "https://build.example",
        "cluster": "in memory",
    }


def acts_on(kubeconfig: str) -> dict[str, str]:
    return world(Settings(kubeconfig=kubeconfig), Rehearsal())
