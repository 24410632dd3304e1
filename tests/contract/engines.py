"""The engines and registries that keep the same promises, and the images built on them."""

import io
import tarfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.engines.password_registry import PasswordRegistry
from tests.engines.settings import Engines

from slipway.adapters.docker_engine import DockerEngine
from slipway.adapters.memory.engine import MemoryEngine
from slipway.adapters.memory.registry import MemoryRegistry
from slipway.adapters.memory.world import ENGINE, MemoryWorld
from slipway.adapters.registry_http import HttpRegistry
from slipway.containerize.engine_images import BaseImage
from slipway.containerize.labels import WORKFLOW, labels_of
from slipway.containerize.ports import DOCKERFILE, Build, Credentials, Engine, Registry, Stop

ENGINES = [
    pytest.param("memory", id="memory"),
    pytest.param("docker", id="docker", marks=pytest.mark.engine),
]
NOBODY_THERE = "127.0.0.1:1"
LOCKED_IN_MEMORY = "127.0.0.1:5001"
SECRET = Credentials("anna", "correct-horse")


def a_workflow() -> str:
    return f"wf_{uuid.uuid4().hex[:24]}"


def never() -> bool:
    return False


def ignore(line: str) -> None:
    """A log that nobody reads."""


@dataclass(frozen=True)
class Login:
    """A credential store with one answer for every registry."""

    credentials: Credentials | None

    def for_repository(self, repository: str) -> Credentials | None:  # noqa: ARG002  (the port's shape)
        return self.credentials


@dataclass(frozen=True)
class Locked:
    """A registry that asks for a password, and the right one."""

    host: str
    credentials: Credentials


@dataclass
class Workshop:
    """An engine and an open registry. `registry_for` asks a registry as somebody else."""

    engine: Engine
    registry: Registry
    base: str
    host: str
    folder: Path
    away: Engine
    registry_for: Callable[[Credentials | None], Registry]
    locked: Callable[[], Locked]
    run: Callable[[str], str]
    """Make a container that does not run of an image, and answer its name."""
    release: Callable[[], None]
    """Remove those containers."""
    workflows: list[str] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def workflow(self) -> str:
        self.workflows.append(a_workflow())
        return self.workflows[-1]

    def repository(self, host: str | None = None) -> str:
        name = f"{host or self.host}/contract/{uuid.uuid4().hex[:12]}"
        self.repositories.append(name)
        return name

    def order(self, workflow: str, *lines: str, timeout_s: int = 60, base: str = "") -> Build:
        """A Dockerfile of these lines, with the workflow's label right after its FROM."""
        start = f"FROM {base or self.base}", f"LABEL {WORKFLOW}={workflow}"
        return Build(
            context=packed(self.folder / f"{uuid.uuid4().hex}.tar", "\n".join((*start, *lines))),
            dockerfile=DOCKERFILE,
            labels=labels_of(workflow, "shop"),
            network="none",
            timeout_s=timeout_s,
            bases=[BaseImage(base or self.base)],
        )

    def build(self, workflow: str, *lines: str, base: str = "", stop: Stop = never) -> str:
        image = self.engine.build(self.order(workflow, *lines, base=base), ignore, stop)
        assert image is not None
        return image

    def build_upon(self, image: str, *lines: str) -> str:
        """As a stranger does, with no label of a workflow but the one that is inherited."""
        text = "\n".join((f"FROM {image}", *lines))
        context = packed(self.folder / f"{uuid.uuid4().hex}.tar", text)
        order = Build(context, DOCKERFILE, {}, network="none")
        image_id = self.engine.build(order, ignore, never)
        assert image_id is not None
        return image_id

    def tag(self, image: str, reference: str) -> None:
        """It is taken away after the test."""
        self.tags.append(reference)
        self.engine.tag(image, reference)

    def pushed(self, repository: str, tag: str, *lines: str) -> str:
        """Build an image of these lines, push it under the tag and answer its digest."""
        reference = f"{repository}:{tag}"
        self.tag(self.build(self.workflow(), *lines), reference)
        self.engine.push(reference, None, ignore, never)
        digest = self.registry.digest(reference)
        assert digest is not None
        return digest

    def clear(self) -> None:
        for repository in self.repositories:
            if not repository.startswith(self.host):
                continue
            for tag in self.registry.tags(repository):
                if digest := self.registry.digest(f"{repository}:{tag}"):
                    self.registry.delete(repository, digest)
        self.release()
        for reference in self.tags:
            self.engine.untag(reference)
        for workflow in reversed(self.workflows):
            self.engine.remove_made_by(workflow)


def packed(path: Path, dockerfile: str) -> Path:
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo(DOCKERFILE)
        member.size = len(dockerfile)
        tar.addfile(member, io.BytesIO(dockerfile.encode()))
    return path


def open_workshop(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Workshop]:
    if kind == "memory":
        yield _in_memory(folder)
    else:
        yield from _real(request, folder)


def _in_memory(folder: Path) -> Workshop:
    world, nowhere = MemoryWorld(), MemoryWorld()
    world.accounts[LOCKED_IN_MEMORY] = SECRET
    world.away.add(NOBODY_THERE)
    nowhere.away.add(ENGINE)

    def run(image: str) -> str:
        name = f"somebodys-{uuid.uuid4().hex[:12]}"
        world.images.hold(name, image)
        return name

    return Workshop(
        engine=MemoryEngine(world),
        registry=MemoryRegistry(world),
        base="busybox:1.37",
        host="127.0.0.1:5000",
        folder=folder,
        away=MemoryEngine(nowhere),
        registry_for=lambda credentials: MemoryRegistry(world, Login(credentials)),
        locked=lambda: Locked(LOCKED_IN_MEMORY, SECRET),
        run=run,
        release=lambda: None,
    )


def _real(request: pytest.FixtureRequest, folder: Path) -> Iterator[Workshop]:
    engines: Engines = request.getfixturevalue("engines")
    prefix = engines.environment.get("SLIPWAY_BASE_IMAGES")
    opened: list[HttpRegistry] = []

    def registry_for(credentials: Credentials | None) -> HttpRegistry:
        opened.append(HttpRegistry(Login(credentials)))
        return opened[-1]

    def locked() -> Locked:
        found: PasswordRegistry = request.getfixturevalue("password_registry")
        return Locked(found.host, Credentials(found.username, found.password))

    run, release = _containers(request.getfixturevalue("docker_client"))
    engine = DockerEngine(engines.environment["DOCKER_HOST"])
    workshop = Workshop(
        engine=engine,
        registry=registry_for(None),
        base=f"{prefix}/library/busybox:1.37" if prefix else "busybox:1.37",
        host=engines.registry,
        folder=folder,
        away=DockerEngine(f"tcp://{NOBODY_THERE}"),
        registry_for=registry_for,
        locked=locked,
        run=run,
        release=release,
    )
    yield workshop
    workshop.clear()
    engine.close()
    for registry in opened:
        registry.close()


def _containers(client: Any) -> tuple[Callable[[str], str], Callable[[], None]]:
    made: list[Any] = []

    def run(image: str) -> str:
        made.append(client.containers.create(image, ["true"]))
        return str(made[-1].name)

    def release() -> None:
        while made:
            made.pop().remove(force=True)

    return run, release
