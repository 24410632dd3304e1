"""The label of a workflow is inherited; what somebody else makes with it is not the workflow's."""

import io
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from slipway.adapters.docker_engine import DockerEngine
from slipway.containerize.labels import WORKFLOW

pytestmark = pytest.mark.engine


@dataclass
class Shelf:
    """One image of a workflow, built beside the pipeline, and a stranger at work with it."""

    client: Any
    base: str
    engine: DockerEngine = field(default_factory=DockerEngine)
    workflow: str = field(default_factory=lambda: f"wf_{uuid.uuid4().hex[:24]}")
    images: list[str] = field(default_factory=list)
    containers: list[Any] = field(default_factory=list)

    def build(self, *lines: str, version: str = "1") -> str:
        """Version 1 is the classic builder, 2 is BuildKit."""
        name, tar = f"somebodys/{uuid.uuid4().hex}:1", io.BytesIO()
        text = "\n".join(lines).encode()
        with tarfile.open(fileobj=tar, mode="w") as archive:
            member = tarfile.TarInfo("Dockerfile")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        answer = self.client.api.post(
            self.client.api._url("/build"),
            data=tar.getvalue(),
            params={"version": version, "t": name, "rm": "1", "networkmode": "none"},
            headers={"Content-Type": "application/tar"},
        )
        answer.raise_for_status()
        self.images.append(name)
        return str(self.client.images.get(name).id)

    def image(self, *lines: str) -> str:
        label = f"LABEL {WORKFLOW}={self.workflow}"
        return self.build(f"FROM {self.base}", label, *lines, "CMD true")

    def below(self, image: str) -> str:
        """The layer that it was built on."""
        return str(self.client.images.get(image).attrs["Parent"])

    def create(self, image: str) -> Any:
        self.containers.append(self.client.containers.create(image, ["sleep", "60"]))
        return self.containers[-1]

    def clear(self) -> None:
        for container in self.containers:
            container.remove(force=True)
        for name in reversed(self.images):
            self.engine.untag(name)
        self.engine.remove_made_by(self.workflow)
        self.engine.close()


@pytest.fixture
def shelf(docker_client: Any, base_images: str) -> Iterator[Shelf]:
    found = Shelf(docker_client, f"{base_images}/library/busybox:1.37")
    yield found
    found.clear()


@pytest.mark.parametrize("runs", [True, False], ids=["running", "stopped"])
@pytest.mark.parametrize("by", ["name", "id", "short id"])
def test_a_container_that_somebody_made_of_the_image_is_left_as_it_is(
    shelf: Shelf, by: str, runs: bool
) -> None:
    built = shelf.image()
    names = {"name": shelf.images[0], "id": built, "short id": built.removeprefix("sha256:")[:12]}
    container = shelf.create(names[by])
    if runs:
        container.start()

    shelf.engine.remove_made_by(shelf.workflow, built)

    container.reload()
    assert container.status == ("running" if runs else "created")
    uses = [use for made in shelf.engine.made_by(shelf.workflow, built) for use in made.used_by]
    assert ("container", container.name) in {(use.kind, use.name) for use in uses}


def test_a_look_into_the_layer_of_a_failed_build_is_left_alone(shelf: Shelf) -> None:
    layer = shelf.below(shelf.image())
    container = shelf.create(layer.removeprefix("sha256:")[:12])
    shelf.engine.untag(shelf.images[0])

    shelf.engine.remove_made_by(shelf.workflow)

    container.reload()
    assert container.status == "created"


def test_a_container_that_a_build_left_goes(shelf: Shelf) -> None:
    built = shelf.image()
    shelf.create(shelf.below(built))
    shelf.engine.untag(shelf.images[0])

    shelf.engine.remove_made_by(shelf.workflow, built)

    assert shelf.engine.made_by(shelf.workflow, built) == []
    assert shelf.client.api.containers(all=True, filters={"id": shelf.containers.pop().id}) == []


def test_an_image_that_buildkit_copied_from_ours_is_theirs_and_ours_goes(shelf: Shelf) -> None:
    """It names no parent, needs nothing of ours, and may have lost its tag to a later build."""
    built = shelf.image("RUN echo base > /base")
    theirs = shelf.build(f"FROM {shelf.images[0]}", "RUN echo upon > /upon", version="2")
    container = shelf.create(theirs)
    for name in shelf.images:
        shelf.engine.untag(name)
    assert shelf.engine.image_at(theirs)

    shelf.engine.remove_made_by(shelf.workflow, built)

    assert shelf.engine.image_at(theirs) == theirs
    assert shelf.engine.image_at(built) is None
    container.reload()
    assert container.status == "created"
    assert shelf.engine.made_by(shelf.workflow, built) == []
