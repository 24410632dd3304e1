"""Which manifests a repository's tags name: each tag is a request, so some are asked at once."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from slipway.containerize.ports import Registry

AT_ONCE = 8


def named(
    registry: Registry, repository: str, tags: Sequence[str]
) -> Iterator[tuple[str, str | None]]:
    """Each tag with the digest that it names now, in order; None: it is gone."""

    def digest(tag: str) -> str | None:
        return registry.digest(f"{repository}:{tag}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(tags), AT_ONCE):
            some = tags[start : start + AT_ONCE]
            yield from zip(some, pool.map(digest, some), strict=True)


def uses_of(
    registry: Registry, repository: str, digest: str, ours: Collection[str]
) -> Iterator[str]:
    """The tags of this manifest besides `ours`; no more are asked for than the caller takes."""
    others = [tag for tag in registry.tags(repository) if tag not in ours]
    return (tag for tag, found in named(registry, repository, others) if found == digest)
