"""Which images and containers on a shared engine belong to a workflow, and what else uses them.

The label alone does not decide: images built FROM a labelled image inherit it, and so do containers
created from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slipway.saga.errors import Rejected


@dataclass(frozen=True)
class BaseImage:
    """The image of a FROM that names no stage. `platform` is the value of its --platform flag."""

    reference: str
    platform: str | None = None


def refused_triggers(reference: str) -> Rejected:
    """ONBUILD runs before the LABEL after FROM: a failed build would leave unlabelled images."""
    return Rejected(
        "onbuild_base",
        f"the base image {reference} runs instructions of its own in every build (ONBUILD)",
        fix="use a base image without ONBUILD, and write its instructions into the Dockerfile",
    )


@dataclass(frozen=True)
class Use:
    """A `tag`, `image` or `container` that uses an image, by name, or by id if it has none."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"the {self.kind} {self.name}"


@dataclass(frozen=True)
class Made:
    """An `image`, `container` or `build` of a workflow. An undo keeps what others use."""

    kind: str
    name: str
    used_by: tuple[Use, ...] = ()


@dataclass(frozen=True)
class HeldImage:
    """An image on the engine. `labelled`: it has the workflow's label.

    `is_copy`: it repeats the built layers and the label, but depends on no image of the workflow.
    """

    id: str
    parent: str | None
    tags: tuple[str, ...]
    labelled: bool
    is_copy: bool = False


@dataclass(frozen=True)
class HeldContainer:
    """`of_build`: it has the workflow's label and was created by image id, as builds do."""

    id: str
    name: str
    image: str
    of_build: bool


class Holdings:
    """All images and containers of an engine; `built` is the result of the workflow's build."""

    def __init__(
        self,
        images: Sequence[HeldImage],
        containers: Sequence[HeldContainer],
        built: str | None = None,
    ) -> None:
        self._images = {image.id: image for image in images}
        self._containers = containers
        self._built = built

    def made(self) -> Sequence[Made]:
        """Return containers sorted by id, then images, children before parents."""
        own = {image.id for image in self._images.values() if self._is_own(image)}
        uses: dict[str, set[Use]] = {each: set() for each in own}
        for image, use in self._uses(own):
            for each in self.lineage(image):
                uses.get(each, set()).add(use)
        containers = sorted(each.id for each in self._containers if self._is_own_container(each))
        return [
            *(Made("container", each) for each in containers),
            *(Made("image", each, _sorted(uses[each])) for each in self._children_first(own)),
        ]

    def lineage(self, image_id: str | None) -> Iterator[str]:
        """Yield the image and its ancestors."""
        while image_id in self._images:
            yield image_id
            image_id = self._images[image_id].parent

    def _uses(self, own: set[str]) -> Iterator[tuple[str, Use]]:
        for image in self._images.values():
            if image.id in own:
                yield from ((image.id, Use("tag", tag)) for tag in image.tags)
            elif image.parent in own:
                yield from ((image.parent, use) for use in self._as_uses(image))
        for container in self._containers:
            if container.image in own and not self._is_own_container(container):
                yield container.image, Use("container", container.name)

    def _as_uses(self, image: HeldImage) -> Iterator[Use]:
        """Name a use by the tags of the image and of those built on it, or else by its id."""
        upon = (each for each in self._images.values() if image.id in self.lineage(each.id))
        names = [tag for each in upon for tag in each.tags]
        yield from (Use("image", name) for name in names or [image.id])

    def _is_own(self, image: HeldImage) -> bool:
        return image.labelled and (image.id == self._built or not self._is_upon_built(image.id))

    def _is_own_container(self, container: HeldContainer) -> bool:
        """A build's own containers never run the image that the build produced."""
        return container.of_build and not self._is_upon_built(container.image)

    def _is_upon_built(self, image_id: str) -> bool:
        return any(
            each == self._built or self._images[each].is_copy for each in self.lineage(image_id)
        )

    def _children_first(self, own: set[str]) -> Sequence[str]:
        return sorted(own, key=lambda each: (-len(list(self.lineage(each))), each))


def _sorted(uses: set[Use]) -> tuple[Use, ...]:
    return tuple(sorted(uses, key=lambda use: (use.kind, use.name)))
