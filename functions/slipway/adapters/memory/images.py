"""The images of the in-memory engine, with labels, parents and names, and its containers."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from slipway.containerize.engine_images import HeldContainer, HeldImage, Holdings
from slipway.messages.clock import utc_now


@dataclass(frozen=True)
class Image:
    """`parent` is the image it was built on, None for a base image.

    `triggers` are ONBUILD instructions, which run in builds FROM this image.
    """

    id: str
    parent: str | None
    labels: Mapping[str, str] = field(default_factory=dict)
    triggers: tuple[str, ...] = ()


def image_id(*parts: str) -> str:
    """Equal parts have equal ids, as in a build from the cache."""
    return "sha256:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Images:
    def __init__(self) -> None:
        self._stored: dict[str, Image] = {}
        self._names: dict[str, str] = {}
        self._born: dict[str, datetime] = {}
        self._containers: dict[str, str] = {}

    def put(self, image: Image) -> None:
        self._stored.setdefault(image.id, image)
        self._born.setdefault(image.id, utc_now())

    def born(self, of: str) -> datetime:
        return self._born[of]

    def labelled(self, label: str, value: str) -> Sequence[Image]:
        return [image for image in self._stored.values() if image.labels.get(label) == value]

    def named(self, name: str) -> Image | None:
        """Find an image by id or reference."""
        return self._stored.get(self._names.get(name, name))

    def tag(self, found: str, name: str) -> None:
        self._names[name] = found

    def untag(self, name: str) -> None:
        """Remove a tag; the last one removes the image too, unless another was built on it.

        The last tag stays while a container uses the image.
        """
        was = self._names.get(name)
        is_last = list(self._names.values()).count(was or "") == 1
        if is_last and was in self._containers.values():
            return
        self._names.pop(name, None)
        if was and is_last and not self._has_children(was):
            self._stored.pop(was, None)

    def hold(self, container: str, name: str) -> None:
        """Create a container from an image, by its id or reference."""
        self._containers[container] = self._names.get(name, name)

    def holdings(self, label: str, value: str, built: str | None) -> Holdings:
        images = [
            HeldImage(
                image.id,
                image.parent,
                tuple(name for name, of in self._names.items() if of == image.id),
                image.labels.get(label) == value,
            )
            for image in self._stored.values()
        ]
        containers = [
            HeldContainer(name, name, of, of_build=False) for name, of in self._containers.items()
        ]
        return Holdings(images, containers, built)

    def remove(self, removed: str) -> None:
        self._stored.pop(removed, None)

    def snapshot(self) -> Mapping[str, object]:
        labels = {image.id: dict(image.labels) for image in self._stored.values()}
        names, containers = dict(self._names), dict(self._containers)
        return {"images": labels, "names": names, "containers": containers}

    def _has_children(self, of: str) -> bool:
        return any(image.parent == of for image in self._stored.values())
