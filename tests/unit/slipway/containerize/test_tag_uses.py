"""Who else names a manifest, in a repository with a tag for each deployment there ever was."""

import threading

import pytest
from tests.faults.rig import REPOSITORY

from slipway.adapters.memory.registry import MemoryRegistry
from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.tag_uses import AT_ONCE, named, uses_of
from slipway.saga.errors import Unavailable

MINE, THEIRS = "sha256:mine", "sha256:theirs"


class Slow(MemoryRegistry):
    """Answers no question before as many are asked as may be at once."""

    def __init__(self, **tags: str) -> None:
        world = MemoryWorld()
        world.tags |= {(REPOSITORY, tag): digest for tag, digest in tags.items()}
        super().__init__(world)
        self.asked: list[str] = []
        self._gate = threading.Barrier(AT_ONCE, timeout=10)

    def digest(self, reference: str) -> str | None:
        self._gate.wait()
        self.asked.append(reference)
        return super().digest(reference)


def a_tag_each(count: int) -> dict[str, str]:
    return {f"wf_{number:03d}": THEIRS for number in range(count)}


def test_tags_are_asked_for_some_at_once_and_told_in_order() -> None:
    registry = Slow(**a_tag_each(3 * AT_ONCE))
    tags = [*registry.tags(REPOSITORY)[:-1], "gone"]

    found = list(named(registry, REPOSITORY, tags))

    assert found == [*((tag, THEIRS) for tag in tags[:-1]), ("gone", None)]


def test_once_somebody_is_found_nobody_else_is_asked() -> None:
    registry = Slow(**a_tag_each(5 * AT_ONCE), a_first=MINE, own=MINE)

    assert next(uses_of(registry, REPOSITORY, MINE, {"own"}), None) == "a_first"
    assert len(registry.asked) == AT_ONCE
    assert f"{REPOSITORY}:own" not in registry.asked


def test_a_registry_that_goes_away_meanwhile_is_no_proof_that_nobody_uses_it() -> None:
    class Leaving(MemoryRegistry):
        def digest(self, reference: str) -> str | None:
            if reference.endswith("wf_011"):
                raise Unavailable("registry_failed", "it went away")
            return super().digest(reference)

    world = MemoryWorld()
    world.tags |= {(REPOSITORY, tag): digest for tag, digest in a_tag_each(20).items()}

    with pytest.raises(Unavailable, match="it went away"):
        next(uses_of(Leaving(world), REPOSITORY, MINE, ()), None)
