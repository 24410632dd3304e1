"""A registry of the tests' own, on its own port and folder, that can be killed and return."""

import contextlib
import io
import json
import secrets
import shutil
import socket
import subprocess
import tarfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import docker

ANSWERS_WITHIN_S = 20
_IMAGE = "registry:2"
_LOWEST_PORT, _PORTS = 20_000, 10_000


class OwnRegistry(Protocol):
    """What was stored stays while it is dead."""

    host: str

    def start(self) -> None:
        """Until it answers."""
        ...

    def kill(self) -> None:
        """At once, as `kill -9` does; one that is dead stays so."""
        ...


class _Process:
    def __init__(self, folder: Path, host: str, htpasswd: str) -> None:
        self.host, self._folder = host, folder
        self._running: subprocess.Popen[bytes] | None = None
        auth = {}
        if htpasswd:
            (folder / "htpasswd").write_text(htpasswd)
            auth = {"auth": {"htpasswd": {"realm": "slipway", "path": str(folder / "htpasswd")}}}
        storage = {
            "filesystem": {"rootdirectory": str(folder / "data")},
            "delete": {"enabled": True},
        }
        http = {"addr": host}
        settings = {"version": 0.1, "log": {"level": "warn"}, "http": http, "storage": storage}
        (folder / "registry.yml").write_text(json.dumps(settings | auth))

    def start(self) -> None:
        command = ["docker-registry", "serve", str(self._folder / "registry.yml")]
        with (self._folder / "registry.log").open("ab") as log:
            self._running = subprocess.Popen(command, stdout=log, stderr=log)
        _await_answer(self.host)

    def kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def remove(self) -> None:
        self.kill()


class _Container:
    def __init__(self, engine: docker.DockerClient, host: str, htpasswd: str) -> None:
        self.host = host
        environment = {"REGISTRY_STORAGE_DELETE_ENABLED": "true"}
        if htpasswd:
            environment |= {
                "REGISTRY_AUTH_HTPASSWD_REALM": "slipway",
                "REGISTRY_AUTH_HTPASSWD_PATH": "/htpasswd",
            }
        ports: dict[str, Any] = {"5000/tcp": ("127.0.0.1", int(host.split(":")[1]))}
        self._container = engine.containers.create(_IMAGE, environment=environment, ports=ports)
        self._container.put_archive("/", _archive("htpasswd", htpasswd.encode()))

    def start(self) -> None:
        self._container.start()
        _await_answer(self.host)

    def kill(self) -> None:
        self._container.reload()
        if self._container.status == "running":
            self._container.kill()
            self._container.wait()

    def remove(self) -> None:
        self._container.remove(force=True, v=True)


@contextlib.contextmanager
def own_registry(
    folder: Path, engine: docker.DockerClient, htpasswd: str = ""
) -> Iterator[OwnRegistry]:
    """Serve it from the installed binary, or else as a container; `htpasswd`: with a password."""
    host = f"127.0.0.1:{_free_port()}"
    installed = shutil.which("docker-registry")
    found = _Process(folder, host, htpasswd) if installed else _Container(engine, host, htpasswd)
    try:
        found.start()
        yield found
    finally:
        found.remove()


def _await_answer(host: str) -> None:
    end = time.monotonic() + ANSWERS_WITHIN_S
    pause = threading.Event()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            opener.open(f"http://{host}/v2/", timeout=1).close()
        except urllib.error.HTTPError as wants_password:
            wants_password.close()
        except OSError:
            if time.monotonic() > end:
                raise
            pause.wait(0.05)
            continue
        return


def _free_port() -> int:
    """None of those that the system hands out: nobody gets it while the registry is dead."""
    while True:
        port = _LOWEST_PORT + secrets.randbelow(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
