"""What others have made of an image by the time that its workflow is undone is theirs."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.places import make_full_namespace
from tests.engine.story import APPS, Story, View, assert_undone
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines

from slipway import wiring
from slipway.adapters.docker_engine import DockerEngine
from slipway.containerize.ports import Credentials, Log, Stop

pytestmark = pytest.mark.engine

TWO_STAGES = """
FROM {base} AS build
RUN echo tea > /shelf
FROM {base}
COPY --from=build /shelf /shelf
USER 10001
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/"]
"""


class VisitedEngine(DockerEngine):
    """Somebody comes as soon as the image is pushed, before anything is deployed."""

    def __init__(self, host: str, visit: Callable[[str], None]) -> None:
        super().__init__(host)
        self._visit = visit

    def push(
        self,
        reference: str,
        credentials: Credentials | None,
        log: Log,
        stop: Stop,
        image_id: str | None = None,
    ) -> None:
        super().push(reference, credentials, log, stop, image_id)
        self._visit(reference)


class Stranger:
    def __init__(self, client: Any, name: str) -> None:
        self._client, self.name = client, f"somebodys/{name}"
        self.containers: list[Any] = []
        self.tags: list[str] = []

    def tag(self, reference: str) -> None:
        self._client.api.tag(reference, self.name, "mine")
        self.tags.append(f"{self.name}:mine")

    def build_upon(self, reference: str) -> None:
        text = f"FROM {reference}\nCMD true\n".encode()
        self.tags.append(f"{self.name}:derived")
        self._client.images.build(fileobj=io.BytesIO(text), tag=self.tags[-1], rm=True)

    def make_container(self, reference: str) -> None:
        self.containers.append(self._client.containers.create(reference))

    def things(self) -> list[str]:
        """Raises what the SDK raises for one that is gone."""
        images = [self._client.images.get(tag) for tag in self.tags]
        for container in self.containers:
            container.reload()
            images.append(container.image)
        return [image.id for image in images]

    def leave(self) -> None:
        for container in self.containers:
            container.remove(force=True)
        for tag in reversed(self.tags):
            self._client.images.remove(tag, noprune=False)


@pytest.fixture
def stranger(docker_client: Any, story: Story) -> Iterator[Stranger]:
    found = Stranger(docker_client, story.name)
    yield found
    found.leave()


def deploy_in_vain(
    story: Story, cluster: ClusterApi, engines: Engines, visit: Callable[[str], None]
) -> View:
    """Nothing fits into the namespace."""
    make_full_namespace(cluster, story.name)
    engine = VisitedEngine(engines.environment["DOCKER_HOST"], visit)
    with wiring.use(engine=engine):
        view = story.run(APPS / "static")
    engine.close()
    assert_undone(view, "deploy_application", {"pod_refused"})
    return view


def kept(view: View) -> set[tuple[str, str | None]]:
    items = view["receipt"]["items"]
    return {(i["kind"], i["detail"]) for i in items if i["state"] == "kept" and i["detail"]}


def test_a_tag_and_an_image_of_somebody_outlive_the_rollback(
    story: Story, cluster: ClusterApi, engines: Engines, stranger: Stranger
) -> None:
    def visit(reference: str) -> None:
        stranger.tag(reference)
        stranger.build_upon(reference)

    view = deploy_in_vain(story, cluster, engines, visit)

    assert len(stranger.things()) == 2
    assert kept(view) == {("image", f"in use by the image {stranger.name}:derived")}
    assert image_at(engines, view["image"]["reference"]) is None


def test_a_stopped_container_of_somebody_outlives_the_rollback_with_its_image(
    story: Story, cluster: ClusterApi, engines: Engines, stranger: Stranger
) -> None:
    view = deploy_in_vain(story, cluster, engines, stranger.make_container)

    told = f"in use by the container {stranger.containers[0].name}"
    assert stranger.things() == [image_at(engines, view["image"]["reference"])]
    assert kept(view) == {("image", told), ("tag", told)}


def image_at(engines: Engines, reference: str) -> str | None:
    engine = DockerEngine(engines.environment["DOCKER_HOST"])
    found = engine.image_at(reference)
    engine.close()
    return found


def test_what_a_build_stage_left_is_gone_when_the_image_is_pushed(
    story: Story, docker_client: Any, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(TWO_STAGES.format(base="busybox:1.37"))
    before = story.look()

    view = story.run(tmp_path, options={"deploy": False})

    assert view["status"] == "COMPLETED", view
    image = docker_client.images.get(view["image"]["reference"])
    lineage = {each["Id"] for each in image.history()}
    new = story.look().things.keys() - before.things.keys()
    assert {f"image {each}" for each in lineage} >= {n for n in new if n.startswith("image ")}


def test_a_base_with_triggers_is_refused_and_leaves_nothing(
    story: Story, stranger: Stranger, docker_client: Any, base_images: str, tmp_path: Path
) -> None:
    """Else a failed build would leave what its triggers made, without a label."""
    base = f"{base_images}/somebodys/{story.name}:onbuild"
    text = f"FROM {base_images}/library/busybox:1.37\nONBUILD RUN echo > /triggered\n"
    docker_client.images.build(fileobj=io.BytesIO(text.encode()), tag=base, rm=True)
    stranger.tags.append(base)
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\nRUN false\n")
    before = story.look()

    view = story.run(tmp_path, app={"port": 8080})

    assert_undone(view, "build_image", {"onbuild_base"})
    assert base in view["error"]["message"]
    assert story.changes(before) == []
