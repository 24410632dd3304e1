"""A registry that wants a password, on a port of its own, for as long as a test session."""

import base64
import contextlib
import io
import json
import shutil
import socket
import subprocess
import tarfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker

USERNAME = "slipway"
PASSWORD = "correct-horse-battery"
# bcrypt of the password above: what the registry compares with.
HTPASSWD = f"{USERNAME}:$2b$05$Q7ymzJ8kW0v3pT5rX9LbNeloTExVi93b59OSssR8Isg30k5YODFGu\n"
ANSWERS_WITHIN_S = 20


@dataclass(frozen=True)
class PasswordRegistry:
    """`config_dir` holds Docker's `config.json` with the login; `DOCKER_CONFIG` takes it."""

    host: str
    username: str
    password: str
    config_dir: Path


@contextlib.contextmanager
def serve(folder: Path, engine: docker.DockerClient, node: Path) -> Iterator[PasswordRegistry]:
    """Serve it from the installed binary, or else as a container; `node` is the node's folder."""
    host = f"127.0.0.1:{_free_port()}"
    config_dir = folder / "docker"
    config_dir.mkdir()
    login = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    (config_dir / "config.json").write_text(json.dumps({"auths": {host: {"auth": login}}}))
    running = (
        _process(folder, host) if shutil.which("docker-registry") else _container(engine, host)
    )
    with running, _trusted_by(node, host):
        _await_answer(host)
        yield PasswordRegistry(host, USERNAME, PASSWORD, config_dir)


@contextlib.contextmanager
def _process(folder: Path, host: str) -> Iterator[None]:
    (folder / "htpasswd").write_text(HTPASSWD)
    settings = {
        "version": 0.1,
        "log": {"level": "warn"},
        "http": {"addr": host},
        "storage": {
            "filesystem": {"rootdirectory": str(folder / "data")},
            "delete": {"enabled": True},
        },
        "auth": {"htpasswd": {"realm": "slipway", "path": str(folder / "htpasswd")}},
    }
    (folder / "registry.yml").write_text(json.dumps(settings))
    with (folder / "registry.log").open("wb") as log:
        command = ["docker-registry", "serve", str(folder / "registry.yml")]
        with subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                yield
            finally:
                process.kill()


@contextlib.contextmanager
def _container(engine: docker.DockerClient, host: str) -> Iterator[None]:
    container = engine.containers.create(
        "registry:2",
        environment={
            "REGISTRY_STORAGE_DELETE_ENABLED": "true",
            "REGISTRY_AUTH_HTPASSWD_REALM": "slipway",
            "REGISTRY_AUTH_HTPASSWD_PATH": "/htpasswd",
        },
        ports={"5000/tcp": ("127.0.0.1", int(host.split(":")[1]))},
    )
    try:
        container.put_archive("/", _archive("htpasswd", HTPASSWD.encode()))
        container.start()
        yield
    finally:
        container.remove(force=True, v=True)


@contextlib.contextmanager
def _trusted_by(node: Path, host: str) -> Iterator[None]:
    """Let the node that `make engines` started pull over plain HTTP: it reads this at each pull."""
    if not (node / "certs.d").is_dir():
        yield
        return
    trust = node / "certs.d" / host
    trust.mkdir()
    (trust / "hosts.toml").write_text(
        f'server = "http://{host}"\n[host."http://{host}"]\n  capabilities = ["pull", "resolve"]\n'
    )
    try:
        yield
    finally:
        shutil.rmtree(trust)


def _await_answer(host: str) -> None:
    end = time.monotonic() + ANSWERS_WITHIN_S
    pause = threading.Event()
    while True:
        try:
            urllib.request.urlopen(f"http://{host}/v2/", timeout=1).close()
        except urllib.error.HTTPError as wants_password:
            wants_password.close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            pause.wait(0.05)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
