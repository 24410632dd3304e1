"""What carries a workflow's label on the engine, and its removal."""

from collections.abc import Iterator, Sequence
from typing import Any

from docker.errors import APIError, NotFound

from slipway.adapters.docker_client import Client, told
from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import Made
from slipway.saga.errors import Unavailable

_CONFLICT = 409
_NO_NAME = {"<none>:<none>", "<none>@<none>"}


def find(client: Client, workflow_id: str) -> Sequence[Made]:
    """Containers first; within a kind by id, as the engine's own order changes."""
    containers = sorted(each["Id"] for each in _containers(client, workflow_id))
    images = sorted(each["Id"] for each in _images(client, workflow_id))
    return [
        *(Made("container", each) for each in containers),
        *(Made("image", each) for each in images),
    ]


def remove(client: Client, workflow_id: str) -> None:
    """Containers, then images, children first; again until nothing is left.

    A container of a build that was just ended may appear between two looks, so each pass looks for
    both. Nothing is forced and no parent is pruned along: only what carries the label goes.
    """
    before: Sequence[Made] = ()
    while left := find(client, workflow_id):
        conflict = _pass(client, workflow_id)
        if left == before:
            raise Unavailable(
                "image_in_use",
                conflict or f"{left[-1].name} cannot be removed",
                fix="remove the containers and images that use it",
            )
        before = left


def _pass(client: Client, workflow_id: str) -> str | None:
    """Answers why something is still there, if it was said."""
    for container in _containers(client, workflow_id):
        if not _runs_for_somebody(container):
            _remove_container(client, container["Id"])
    conflict = None
    for image in _children_first(_images(client, workflow_id)):
        conflict = _remove_image(client, image) or conflict
    return conflict


def _runs_for_somebody(container: dict[str, Any]) -> bool:
    """Labels are inherited: a person's container of our image carries them too, and is not ours.

    A build's own container is run from an image without a name.
    """
    image = container["Image"].removeprefix("sha256:")
    by_id = container["ImageID"].removeprefix("sha256:").startswith(image)
    return container["State"] == "running" and not by_id


def _containers(client: Client, workflow_id: str) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = client.containers(
        all=True, filters={"label": f"{WORKFLOW}={workflow_id}"}
    )
    return found


def _images(client: Client, workflow_id: str) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = client.images(
        all=True, filters={"label": f"{WORKFLOW}={workflow_id}"}
    )
    return found


def _remove_container(client: Client, container_id: str) -> None:
    try:
        client.remove_container(container_id, v=True, force=True)
    except NotFound:
        return
    except APIError as error:
        if error.status_code != _CONFLICT:
            raise  # a conflict: somebody is removing it already


def _remove_image(client: Client, image: dict[str, Any]) -> str | None:
    """Answers why it is still there, None when it is not."""
    why = None
    for name in _names(image):
        try:
            client.remove_image(name, noprune=True)
        except NotFound:
            continue
        except APIError as error:
            if error.status_code != _CONFLICT:
                raise
            why = told(error)
    return why


def _names(image: dict[str, Any]) -> Iterator[str]:
    """Every tag, then every digest, and the id for what has none left."""
    for key in ("RepoTags", "RepoDigests"):
        yield from (name for name in image[key] or () if name not in _NO_NAME)
    yield image["Id"]


def _children_first(images: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    parents = {image["Id"]: image["ParentId"] for image in images}

    def depth(image_id: str) -> int:
        steps = 0
        while image_id in parents:
            image_id, steps = parents[image_id], steps + 1
        return steps

    return sorted(images, key=lambda image: depth(image["Id"]), reverse=True)
