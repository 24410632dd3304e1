"""What is said when no engine can be had."""

import json
import socket
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.loopback import Quiet, served

from slipway.adapters.docker_engine import DockerEngine
from slipway.saga.errors import Rejected, Unavailable


def test_a_socket_that_is_not_there_means_no_engine(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="engine_unreachable"):
        DockerEngine(f"unix://{tmp_path}/docker.sock").image_at("busybox")


def test_a_socket_that_nobody_listens_on_means_no_engine(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(f"{tmp_path}/docker.sock")

    with pytest.raises(Unavailable, match="engine_unreachable"):
        DockerEngine(f"unix://{tmp_path}/docker.sock").image_at("busybox")


def test_a_server_that_is_no_engine_means_no_engine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.listen(0)
        host = f"tcp://anna:battery@127.0.0.1:{silent.getsockname()[1]}"
        silent.close()
        with pytest.raises(Unavailable, match="engine_unreachable") as refused:
            DockerEngine(host).image_at("busybox")

    assert "battery" not in str(refused.value)


def test_certificates_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refused:
        DockerEngine("tcp://127.0.0.1:1", str(tmp_path)).image_at("busybox")

    assert refused.value.code == "docker_tls_invalid"
    assert str(tmp_path) in refused.value.message


class _EmptyEngine(Quiet, BaseHTTPRequestHandler):
    """Knows its version, and has no images and no containers."""

    def do_GET(self) -> None:
        told = {"ApiVersion": "1.47"} if self.path.endswith("/version") else []
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.mark.parametrize(
    "config", ['{"auths":{"a.example.org":{"auth":"bm90YmFzZTY0"}}}', "{bad", "[]", '{"auths":7}']
)
def test_an_undo_goes_on_although_dockers_configuration_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    (tmp_path / "config.json").write_text(config)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with served(_EmptyEngine) as place, closing(DockerEngine(f"tcp://{place}")) as engine:
        engine.remove_made_by("wf_1")
