"""The images of an engine in memory: their labels, parents and names."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Image:
    """`parent` is the image it was built on, None for one from elsewhere."""

    id: str
    parent: str | None
    labels: Mapping[str, str] = field(default_factory=dict)


def image_id(*parts: str) -> str:
    """The same parts have the same id, as in a build from the cache."""
    return "sha256:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Images:
    def __init__(self) -> None:
        self._stored: dict[str, Image] = {}
        self._names: dict[str, str] = {}
        self._born: dict[str, datetime] = {}

    def put(self, image: Image) -> None:
        self._stored.setdefault(image.id, image)
        self._born.setdefault(image.id, datetime.now(UTC))

    def born(self, of: str) -> datetime:
        return self._born[of]

    def named(self, name: str) -> Image | None:
        """By id or by reference."""
        return self._stored.get(self._names.get(name, name))

    def tag(self, found: str, name: str) -> None:
        self._names[name] = found

    def untag(self, name: str) -> None:
        """The last name takes the image along, unless another one was built on it."""
        was = self._names.pop(name, None)
        if was and was not in self._names.values() and not self.children(was):
            self._stored.pop(was, None)

    def children(self, of: str) -> Sequence[Image]:
        return [image for image in self._stored.values() if image.parent == of]

    def labelled(self, label: str, value: str) -> Sequence[Image]:
        """Those without children first."""
        found = [image for image in self._stored.values() if image.labels.get(label) == value]
        return sorted(found, key=self._depth, reverse=True)

    def remove(self, removed: str) -> None:
        self._names = {name: of for name, of in self._names.items() if of != removed}
        self._stored.pop(removed, None)

    def snapshot(self) -> Mapping[str, object]:
        labels = {image.id: dict(image.labels) for image in self._stored.values()}
        return {"images": labels, "names": dict(self._names)}

    def _depth(self, image: Image) -> int:
        parent = self._stored.get(image.parent or "")
        return 1 + self._depth(parent) if parent else 0
