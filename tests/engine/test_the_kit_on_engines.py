"""The kit that tests a saga, with the real ports: a function, or its execution, dies alone.

The machine that drives them goes on. The death comes right after the engine, the registry or the
cluster has done what the step is for, and before anybody has heard of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import pytest
from tests.engine.story import APPS, part_of
from tests.engine.test_killed import removed_afterwards
from tests.engines.settings import Engines
from tests.engines.world import World
from tests.faults.rig import BEHAVIOURS, FolderSource, a_request
from tests.faults.worlds import ME

from slipway import wiring
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.saga.driver import InProcessDriver
from slipway.saga.in_process import backoff
from slipway.saga.testing import Fault, Property, Subject, Trial
from slipway.saga.testing.cells import Ground
from slipway.saga.testing.judgement import check_undone
from slipway.saga.testing.laws import CELL
from steps import PLAN

pytestmark = pytest.mark.engine
FORWARD = {
    "build_image": (6, "engine.build"),
    "tag_image": (3, "engine.tag"),
    "push_image": (4, "engine.push"),
    "prepare_cluster": (12, "cluster.apply"),
    "deploy_application": (13, "cluster.apply"),
    "verify_deployment": (2, "cluster.probe"),
}
"""The call that has the effect, with its number among all calls of the step."""
BACK = {
    "build_image": (1, "engine.remove_made_by"),
    "push_image": (4, "registry.delete"),
    "prepare_cluster": (2, "cluster.delete"),
    "deploy_application": (4, "cluster.delete"),
}


@dataclass
class RealWorld:
    """The steps keep the ports that the wiring gives them."""

    place: str
    look: Callable[[], World]
    ports: Mapping[str, object] = field(default_factory=dict)

    def snapshot(self) -> World:
        return part_of(self.look(), self.place, {ME})


def deaths() -> Iterator[tuple[Fault, ...]]:
    for step, (call, label) in FORWARD.items():
        yield (Fault(step, "killed", "after", "execute", call, None, label),)
        yield (Fault(step, "aborted", "after", "execute", call, 1, label),)
    for step, (call, label) in BACK.items():
        failed = Fault(step, "rejected", "after")
        yield failed, Fault(step, "aborted", "after", "compensate", call, 1, label)


@pytest.fixture
def ground(place: str, engines: Engines, world: Callable[[], World]) -> Iterator[Ground]:
    """Of one application, whose source is given and whose other objects lie in memory."""
    page = (APPS / "static/index.html").read_text()
    near = {"workspace": MemoryWorkspace(), "source": FolderSource(files={"index.html": page})}
    asked = a_request(app={"name": place, "namespace": place}, options={"scan": False})
    with wiring.use(**near), removed_afterwards(engines, [ME]):
        yield Ground(
            Subject(
                plan=PLAN,
                steps=BEHAVIOURS,
                world=lambda: RealWorld(place, world),
                request=asked.model_dump(mode="json"),
                inspectors=lambda _world: wiring.inspectors(),
                drive=partial(InProcessDriver, between_tries=backoff),
            )
        )


@pytest.mark.parametrize("faults", list(deaths()), ids=lambda faults: str(faults[-1]))
def test_a_death_right_after_an_effect_leaves_nothing(
    faults: tuple[Fault, ...], ground: Ground, record_property: Property
) -> None:
    record_property(CELL, ground.cell(4, *faults, judge=_rescued).check())


def _rescued(trial: Trial) -> str:
    trial.rescue()
    return check_undone(trial)
