"""In-memory implementation of the engine port, for rehearsals and fault tests."""

from collections.abc import Sequence

from slipway.adapters.memory.engine_build import EngineBuild
from slipway.adapters.memory.images import image_id as id_of
from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.engine_images import Holdings, Made
from slipway.containerize.labels import MANAGED_BY, MANAGER, WORKFLOW, is_managed
from slipway.containerize.ports import Build, Credentials, Labelled, Log, Stop
from slipway.containerize.reference import DEFAULT_TAG, parse
from slipway.saga.errors import Rejected


class MemoryEngine:
    """Executes nothing: a RUN that ends with `exit 1` or `false` fails, any other succeeds."""

    rehearsal = True

    def __init__(self, world: MemoryWorld) -> None:
        self._world = world

    def build(self, build: Build, log: Log, stop: Stop) -> str:
        self._world.enter_engine()
        return EngineBuild(self._world, build, log, stop).run()

    def built(self, workflow_id: str, log: Log) -> str | None:  # noqa: ARG002  (required by the port)
        raise Rejected("nothing_outside", "a build on the engine does not outlive its caller")

    def image_at(self, reference: str) -> str | None:
        self._world.enter_engine()
        found = self._world.images.named(_named(reference))
        return found.id if found else None

    def tag(self, image_id: str, reference: str) -> None:
        name = _named(reference)
        if self.image_at(image_id) is None:
            raise Rejected("no_such_image", f"the engine has no image {image_id}")
        with self._world.effect(f"tag {name}"):
            self._world.images.tag(image_id, name)

    def untag(self, reference: str) -> None:
        """As in Docker, also removes the image with its last tag, unless it is in use."""
        self._world.enter_engine()
        name = _named(reference)
        with self._world.effect(f"untag {name}"):
            self._world.images.untag(name)

    def push(
        self,
        reference: str,
        credentials: Credentials | None,
        log: Log,
        stop: Stop,
        image_id: str | None = None,  # noqa: ARG002  (the engine resolves the reference)
    ) -> None:
        self._world.enter_engine()
        name, parts = _named(reference), parse(reference)
        image = self._world.images.named(name)
        if image is None:
            raise Rejected("no_such_image", f"the engine has no image {name}")
        self._world.enter_registry(parts.repository, credentials)
        if stop():
            raise Rejected("cancelled", "the push was stopped")
        digest = id_of("manifest", image.id)
        with self._world.effect(f"push {name}"):
            self._world.manifests[parts.repository, digest] = dict(image.labels)
            self._world.built[digest] = self._world.images.born(image.id)
            self._world.tags[parts.repository, parts.tag or DEFAULT_TAG] = digest
        log(f"{parts.tag or DEFAULT_TAG}: digest: {digest}")

    def made_by(self, workflow_id: str, built: str | None = None) -> Sequence[Made]:
        return self._holdings(workflow_id, built).made()

    def managed(self) -> Sequence[Labelled]:
        self._world.enter_engine()
        images = self._world.images
        return [
            Labelled("image", image.id, image.labels, images.born(image.id))
            for image in images.labelled(MANAGED_BY, MANAGER)
            if is_managed(image.labels)
        ]

    def remove_made_by(self, workflow_id: str, built: str | None = None) -> None:
        self._remove(self.made_by(workflow_id, built))

    def remove_stages(self, workflow_id: str, built: str) -> None:
        held = self._holdings(workflow_id, built)
        needed = set(held.lineage(built))
        self._remove([made for made in held.made() if made.name not in needed])

    def _holdings(self, workflow_id: str, built: str | None) -> Holdings:
        self._world.enter_engine()
        with self._world.guard:
            return self._world.images.holdings(WORKFLOW, workflow_id, built)

    def _remove(self, found: Sequence[Made]) -> None:
        for made in found:
            if not made.used_by:
                with self._world.effect(f"remove {made.name}"):
                    self._world.images.remove(made.name)


def _named(reference: str) -> str:
    """Return the full name of a reference, or an id unchanged."""
    if reference.startswith("sha256:"):
        return reference
    name = parse(reference)
    return f"{name.repository}:{name.tag or DEFAULT_TAG}"
