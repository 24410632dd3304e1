"""A sweep on the real engines removes what forgotten workflows left, and keeps what others use."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.contract.clusters import Place, make_place, open_cluster
from tests.contract.engines import Workshop, ignore, never, open_workshop, packed
from tests.unit.streams.test_project_and_relay import Bus

from recovery.sweep import Sweeper
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.containerize.managed import InCluster, InRegistry, OnEngine
from slipway.containerize.ports import DOCKERFILE, Build
from slipway.containerize.resources import Found, Resource, Sweepable
from slipway.messages.sweeping import Sweep, SweepReport
from slipway.saga import Saga
from slipway.saga.errors import Rejected
from slipway.saga.memory import MemoryStore

pytestmark = pytest.mark.engine
ME = "a.test"


@dataclass(frozen=True)
class Only:
    """A part of the world as if it held nothing but these workflows: the engines are shared."""

    part: Sweepable
    workflow_ids: set[str]

    def find(self) -> Found:
        found = self.part.find()
        mine = [
            resource for resource in found.resources if resource.workflow_id in self.workflow_ids
        ]
        return Found(mine, found.unseen)

    def judge(self, saga: Saga | None, resources: Sequence[Resource]) -> Sequence[Resource]:
        return self.part.judge(saga, resources)

    def remove(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, str | None]]:
        return self.part.remove(resources)


class Still:
    """No execution runs."""

    def start(self, workflow_id: str) -> None: ...
    def answer(self, task_token: str, decision: str) -> None: ...
    def undo(self, workflow_id: str, execution: str) -> None: ...
    def is_running(self, execution: str) -> bool:
        return not execution


@pytest.fixture
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    yield from open_workshop("docker", request, tmp_path)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from make_place(*open_cluster("kubernetes", request))


def swept(part: Sweepable, *workflow_ids: str, dry_run: bool = False) -> SweepReport:
    parts = {"part": Only(part, set(workflow_ids))}
    return Sweeper(
        Sweep(dry_run=dry_run), MemoryStore(), Still(), parts, ME, Bus(), MemoryWorkspace()
    ).run()


def states(report: SweepReport) -> set[tuple[str, str]]:
    assert report.unreachable == ()
    return {(item.kind, item.state) for item in report.items}


def test_images_layers_and_containers_of_a_build_that_died_are_removed(workshop: Workshop) -> None:
    forgotten, live = workshop.workflow(), workshop.workflow()
    kept = built(workshop, live, "RUN echo live")
    image = built(workshop, forgotten, "RUN echo one", "RUN echo two")
    with pytest.raises(Rejected, match="build_failed"):
        built(workshop, forgotten, "RUN echo dangling", "RUN exit 1")
    before = {made.name for made in workshop.engine.made_by(forgotten)}
    part = OnEngine(lambda: workshop.engine)

    assert states(swept(part, forgotten, dry_run=True)) >= {("image", "would_remove")}
    assert {made.name for made in workshop.engine.made_by(forgotten)} == before

    report = swept(part, forgotten)

    assert {item.name for item in report.items} == before
    assert {item.state for item in report.items} == {"removed"}
    assert image in before
    assert list(workshop.engine.made_by(forgotten)) == []
    assert workshop.engine.image_at(kept) == kept


def test_a_manifest_goes_unless_somebody_gave_it_a_tag(workshop: Workshop) -> None:
    repository, registry = workshop.repository(), workshop.registry
    gone = pushed(workshop, f"{repository}:1")
    used = pushed(workshop, f"{repository}:2")
    registry.set_tag(f"{repository}:stable", used)
    part = InRegistry(lambda: registry, repository)

    report = swept(part, *workshop.workflows)

    assert states(report) == {("manifest", "removed"), ("manifest", "kept")}
    assert registry.digest(f"{repository}@{gone}") is None
    assert sorted(registry.tags(repository)) == ["2", "stable"]


def pushed(workshop: Workshop, reference: str) -> str:
    image = built(workshop, workshop.workflow(), f"RUN echo {reference}")
    workshop.engine.tag(image, reference)
    workshop.engine.push(reference, None, ignore, never)
    digest = workshop.registry.digest(reference)
    assert digest is not None
    return digest


def built(workshop: Workshop, workflow: str, *lines: str) -> str:
    """With all labels right after FROM, as the steps write them."""
    order = workshop.order(workflow)
    labels = " ".join(f'{name}="{value}"' for name, value in order.labels.items())
    text = "\n".join((f"FROM {workshop.base}", f"LABEL {labels}", *lines))
    context = packed(workshop.folder / f"{uuid.uuid4().hex}.tar", text)
    build = Build(context, DOCKERFILE, order.labels, network="none", timeout_s=60)
    return str(workshop.engine.build(build, ignore, never))


def test_a_namespace_goes_with_all_that_a_forgotten_workflow_made_in_it(place: Place) -> None:
    for manifest in place.service("shop", place.maker):
        place.cluster.apply(manifest)
    note = place.note("prices")
    place.cluster.apply(note)
    part = InCluster(lambda: place.cluster)

    first = swept(part, place.maker)
    place.cluster.delete(
        next(ref for ref in place.cluster.inhabitants(place.name) if ref.name == "prices")
    )
    second = swept(part, place.maker)

    assert ("namespace", "kept") in states(first)
    assert states(first) - {("namespace", "kept")} == {
        (kind, "removed") for kind, state in states(first) if state == "removed"
    }
    assert states(second) == {("namespace", "removed")}
    assert list(place.cluster.made_by(place.maker)) == []
