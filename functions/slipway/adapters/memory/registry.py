"""In-memory implementation of the registry port, for rehearsals and fault tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from slipway.adapters.anonymous import Anonymous
from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.ports import CredentialStore
from slipway.containerize.reference import DEFAULT_TAG, host_of, parse
from slipway.saga.errors import Rejected


class MemoryRegistry:
    """Contains the images that the engine of the same MemoryWorld pushed."""

    rehearsal = True

    def __init__(self, world: MemoryWorld, credentials: CredentialStore | None = None) -> None:
        self._world = world
        self._credentials = credentials or Anonymous()

    def digest(self, reference: str) -> str | None:
        name = parse(reference)
        self._enter(name.repository)
        if name.digest:
            return name.digest if (name.repository, name.digest) in self._world.manifests else None
        return self._world.tags.get((name.repository, name.tag or DEFAULT_TAG))

    def tags(self, repository: str) -> Sequence[str]:
        self._enter(repository)
        with self._world.guard:
            return sorted(tag for where, tag in self._world.tags if where == repository)

    def labels(self, repository: str, digest: str) -> Mapping[str, str]:
        self._enter(repository)
        return self._world.manifests.get((repository, digest), {})

    def repositories(self, prefix: str) -> Sequence[str]:
        self._enter(prefix)
        with self._world.guard:
            return sorted(
                {where for where, _ in self._world.tags if f"{where}/".startswith(f"{prefix}/")}
            )

    def built_at(self, repository: str, digest: str) -> datetime | None:
        self._enter(repository)
        present = (repository, digest) in self._world.manifests
        return self._world.built[digest] if present else None

    def set_tag(self, reference: str, digest: str) -> None:
        name = parse(reference)
        self._enter(name.repository)
        if (name.repository, digest) not in self._world.manifests:
            raise Rejected("no_such_manifest", f"{name.repository} does not hold {digest}")
        with self._world.effect(f"set_tag {reference}"):
            self._world.tags[name.repository, name.tag or DEFAULT_TAG] = digest

    def delete(self, repository: str, digest: str) -> None:
        self._enter(repository)
        world = self._world
        with world.effect(f"delete {repository}@{digest}"):
            world.manifests.pop((repository, digest), None)
            for key in [k for k, at in world.tags.items() if k[0] == repository and at == digest]:
                del world.tags[key]

    def requires_credentials(self, repository: str) -> bool:
        return host_of(repository) in self._world.accounts

    def _enter(self, repository: str) -> None:
        self._world.enter_registry(repository, self._credentials.for_repository(repository))
