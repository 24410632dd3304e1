"""The ten steps as a subject of the kit: in each of the worlds that they may find."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.faults.rig import BEHAVIOURS, Rig, a_request
from tests.faults.verdicts import check_events
from tests.faults.worlds import ME, WORLDS

from slipway.adapters.memory.world import Hooks
from slipway.containerize import inspection
from slipway.saga.finish import Inspector
from slipway.saga.testing import Subject
from steps import PLAN


class Pipeline:
    """A world of the kit: what is there before, and the ports of the wiring on stand-ins."""

    def __init__(self, world: str, hooks: Hooks | None = None) -> None:
        self.rig = Rig(hooks)
        self.request: dict[str, Any] = WORLDS[world](self.rig)
        self.ports: Mapping[str, object] = self.rig.ports

    def snapshot(self) -> dict[str, Any]:
        return self.rig.world(ME)


def subject(world: str, hooks: Hooks | None = None, **further: Any) -> Subject:
    return Subject(
        plan=PLAN,
        steps=BEHAVIOURS,
        world=lambda: Pipeline(world, hooks),
        request=_request,
        inspectors=_inspectors,
        also=check_events,
        **further,
    )


def _request(world: Pipeline) -> dict[str, Any]:
    return a_request(**world.request).model_dump(mode="json")


def _inspectors(world: Pipeline) -> Sequence[Inspector]:
    rig = world.rig
    return (
        inspection.of_engine(lambda: rig.engine),
        inspection.of_registry(lambda: rig.registry),
        inspection.of_cluster(lambda: rig.cluster),
        inspection.of_workspace(lambda: rig.workspace),
    )


SUBJECTS = {world: subject(world) for world in WORLDS}
