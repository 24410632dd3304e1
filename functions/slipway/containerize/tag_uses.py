"""Resolves a repository's tags to digests: one request per tag, several concurrently."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from slipway.containerize.ports import Registry

AT_ONCE = 8


def named(
    registry: Registry, repository: str, tags: Sequence[str]
) -> Iterator[tuple[str, str | None]]:
    """Yield each tag with its current digest, in order; None if the tag was deleted."""

    def digest(tag: str) -> str | None:
        return registry.digest(f"{repository}:{tag}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(tags), AT_ONCE):
            some = tags[start : start + AT_ONCE]
            yield from zip(some, pool.map(digest, some), strict=True)


def uses_of(
    registry: Registry, repository: str, digest: str, ours: Collection[str]
) -> Iterator[str]:
    """Yield the manifest's tags besides `ours`; resolved lazily, in batches."""
    others = [tag for tag in registry.tags(repository) if tag not in ours]
    return (tag for tag, found in named(registry, repository, others) if found == digest)
