"""List the images and containers of a Docker Engine, with those of one workflow marked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docker.errors import NotFound

from slipway.adapters.docker_client import Client
from slipway.containerize.engine_images import HeldContainer, HeldImage, Holdings
from slipway.containerize.labels import WORKFLOW

_NO_NAME = {"<none>:<none>", "<none>@<none>"}


def holdings(client: Client, workflow_id: str, built: str | None) -> Holdings:
    """List containers before images, so that every listed container's image is listed too."""
    containers: Sequence[dict[str, Any]] = client.containers(all=True)
    return Holdings(
        list(_images(client, workflow_id, built)),
        [_container(client, workflow_id, each) for each in containers],
        built,
    )


def references(image: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """`key` is RepoTags or RepoDigests."""
    return tuple(name for name in image[key] or () if name not in _NO_NAME)


def _images(client: Client, workflow_id: str, built: str | None) -> Iterator[HeldImage]:
    for image in client.images(all=True):
        image_id, parent = image["Id"], image["ParentId"] or None
        labelled = _is_labelled(image, workflow_id)
        orphan = labelled and parent is None and image_id != built
        is_copy = orphan and _has_layers(client, image_id)
        yield HeldImage(image_id, parent, references(image, "RepoTags"), labelled, is_copy)


def _has_layers(client: Client, image_id: str) -> bool:
    """Images from BuildKit and from pulls keep the label with the layers, but name no parent.

    Slipway's builds name one, except for the first label after `FROM scratch`, which has no layer.
    """
    try:
        found: Mapping[str, Any] = client.inspect_image(image_id)  # type: ignore[no-untyped-call]  # the SDK
    except NotFound:
        return False
    return bool(found["RootFS"].get("Layers"))


def _container(client: Client, workflow_id: str, found: Mapping[str, Any]) -> HeldContainer:
    of_build = _is_labelled(found, workflow_id) and _is_made_by_id(client, found)
    name = next(iter(found["Names"] or ()), found["Id"][:12]).removeprefix("/")
    return HeldContainer(found["Id"], name, found["ImageID"], of_build)


def _is_made_by_id(client: Client, found: Mapping[str, Any]) -> bool:
    """Builds create containers by full image id, users by a name, which may no longer exist."""
    if found["Image"] != found["ImageID"]:
        return False
    try:
        made: Mapping[str, Any] = client.inspect_container(found["Id"])
    except NotFound:
        return True  # builds constantly remove their containers
    return bool(made["Config"]["Image"] == found["ImageID"])


def _is_labelled(found: Mapping[str, Any], workflow_id: str) -> bool:
    return (found["Labels"] or {}).get(WORKFLOW) == workflow_id
