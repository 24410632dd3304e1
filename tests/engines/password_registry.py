"""A registry that wants a password, on a port of its own, for as long as a test session."""

import base64
import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
from tests.engines.own_registry import own_registry

USERNAME = "slipway"
PASSWORD = "correct-horse-battery"
ECR_USERNAME = "AWS"
"""As ECR has it, with the same password."""
# bcrypt of the password above: what the registry compares with.
_HASH = "$2b$05$Q7ymzJ8kW0v3pT5rX9LbNeloTExVi93b59OSssR8Isg30k5YODFGu"
HTPASSWD = "".join(f"{name}:{_HASH}\n" for name in (USERNAME, ECR_USERNAME))


@dataclass(frozen=True)
class PasswordRegistry:
    """`config_dir` holds Docker's `config.json` with the login; `DOCKER_CONFIG` takes it."""

    host: str
    username: str
    password: str
    config_dir: Path


@contextlib.contextmanager
def serve(folder: Path, engine: docker.DockerClient, node: Path) -> Iterator[PasswordRegistry]:
    """`node` is the folder of the node that pulls from it."""
    config_dir = folder / "docker"
    config_dir.mkdir()
    login = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    with own_registry(folder, engine, HTPASSWD) as registry, _trusted_by(node, registry.host):
        auths = {registry.host: {"auth": login}}
        (config_dir / "config.json").write_text(json.dumps({"auths": auths}))
        yield PasswordRegistry(registry.host, USERNAME, PASSWORD, config_dir)


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
