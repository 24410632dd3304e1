"""The label of a workflow is inherited; what somebody else runs with it is not the workflow's."""

import uuid
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from slipway.adapters.docker_engine import DockerEngine
from slipway.containerize.labels import WORKFLOW
from slipway.saga.errors import Unavailable

pytestmark = pytest.mark.engine


@pytest.fixture
def image(docker_client: Any, base_images: str) -> Iterator[Any]:
    workflow_id = f"wf_{uuid.uuid4().hex[:24]}"
    text = f"FROM {base_images}/library/busybox:1.37\nLABEL {WORKFLOW}={workflow_id}\n"
    name = f"somebodys/{uuid.uuid4().hex}:1"
    built, _ = docker_client.images.build(fileobj=BytesIO(text.encode()), tag=name, rm=True)
    yield built
    for container in docker_client.containers.list(all=True, filters={"ancestor": built.id}):
        container.remove(force=True)
    docker_client.images.remove(built.id, force=True)


def test_a_running_container_of_somebody_else_is_left_alone_and_said(
    image: Any, docker_client: Any
) -> None:
    container = docker_client.containers.run(image.tags[0], ["sleep", "60"], detach=True)

    with pytest.raises(Unavailable, match="image_in_use"):
        DockerEngine().remove_made_by(image.labels[WORKFLOW])

    container.reload()
    assert container.status == "running"
