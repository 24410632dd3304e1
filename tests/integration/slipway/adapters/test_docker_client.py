"""What is said when no engine can be had."""

import socket
from pathlib import Path

import pytest

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
