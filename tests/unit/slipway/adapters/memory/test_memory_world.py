"""Faults and comparisons of the world in memory."""

from pathlib import Path

import pytest
from tests.contract.engines import ignore, never, packed

from slipway.adapters.memory.engine import MemoryEngine
from slipway.adapters.memory.registry import MemoryRegistry
from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import DOCKERFILE, Build
from slipway.saga.errors import Rejected

SHOP = "127.0.0.1:5000/shop:1"


class Strike:
    """Fails once, before or after the effect that begins with these words."""

    def __init__(self, when: str, words: str) -> None:
        self._when, self._words = when, words

    def before(self, effect: str) -> None:
        self._at("before", effect)

    def after(self, effect: str) -> None:
        self._at("after", effect)

    def _at(self, when: str, effect: str) -> None:
        if when == self._when and effect.startswith(self._words):
            raise ConnectionResetError(effect)


def a_build(folder: Path, *lines: str) -> Build:
    text = "\n".join(("FROM busybox", f"LABEL {WORKFLOW}=wf_1", *lines))
    return Build(packed(folder / "context.tar", text), DOCKERFILE, {WORKFLOW: "wf_1"})


@pytest.mark.parametrize(("when", "pushed"), [("before", False), ("after", True)])
def test_a_strike_before_the_push_leaves_nothing_and_one_after_it_all(
    tmp_path: Path, when: str, pushed: bool
) -> None:
    world = MemoryWorld(Strike(when, "push"))
    engine = MemoryEngine(world)
    engine.tag(engine.build(a_build(tmp_path), ignore, never), SHOP)

    with pytest.raises(ConnectionResetError, match=r"push 127\.0\.0\.1:5000/shop:1"):
        engine.push(SHOP, None, ignore, never)

    assert (MemoryRegistry(world).digest(SHOP) is not None) is pushed


def test_a_world_that_was_undone_equals_the_world_before(tmp_path: Path) -> None:
    world = MemoryWorld()
    engine, registry = MemoryEngine(world), MemoryRegistry(world)
    before = world.snapshot()

    engine.tag(engine.build(a_build(tmp_path, "RUN echo hi"), ignore, never), SHOP)
    engine.push(SHOP, None, ignore, never)
    assert world.snapshot() != before
    registry.delete("127.0.0.1:5000/shop", registry.digest(SHOP) or "")
    engine.untag(SHOP)
    engine.remove_made_by("wf_1")

    assert world.snapshot() == before


@pytest.mark.parametrize("line", ["RUN false", "RUN make && exit 2", "RUN make || \\\n  false"])
def test_a_run_that_says_that_it_fails_fails(tmp_path: Path, line: str) -> None:
    engine = MemoryEngine(MemoryWorld())

    with pytest.raises(Rejected, match="build_failed"):
        engine.build(a_build(tmp_path, "RUN echo first", line), ignore, never)

    assert len(engine.made_by("wf_1")) == 2


def test_other_files_make_another_image(tmp_path: Path) -> None:
    engine = MemoryEngine(MemoryWorld())
    one = engine.build(a_build(tmp_path, "COPY . ."), ignore, never)
    other = engine.build(a_build(tmp_path, "COPY . .", "# another comment"), ignore, never)

    assert one != other
