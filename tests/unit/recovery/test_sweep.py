"""A sweep rescues what is stuck and removes what no live workflow needs, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.faults.rig import BEHAVIOURS, REPOSITORY, Rig
from tests.faults.worlds import an_object
from tests.unit.streams.test_project_and_relay import Bus

from recovery.sweep import Sweeper, on_schedule
from slipway import wiring
from slipway.adapters.memory.engine import MemoryEngine
from slipway.adapters.memory.images import Image
from slipway.containerize.labels import APP, INSTANCE, MANAGED_BY, WORKFLOW, labels_of
from slipway.containerize.ports import Labelled
from slipway.cqrs.outbox import EventBus
from slipway.messages.sweeping import Sweep, SweepReport
from slipway.saga import Status
from slipway.saga.testing import Fault, Saboteur
from slipway.settings import Settings
from steps import PLAN

ME = "this.one"
LIVE = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
LEFT = "wf_bbbbbbbbbbbbbbbbbbbbbbbb"
FORGOTTEN = "wf_ffffffffffffffffffffffff"
NEVER_UNDONE = Fault("push_image", "unavailable", "before", "compensate")
REJECTED = Fault("verify_deployment", "rejected", "after")


class Machine:
    """Which executions run."""

    def __init__(self, *running: str) -> None:
        self.running = set(running)

    def start(self, workflow_id: str) -> None:
        self.running.add(workflow_id)

    def undo(self, workflow_id: str, execution: str) -> None:
        self.running.add(execution or workflow_id)

    def answer(self, task_token: str, decision: str) -> None:
        raise AssertionError((task_token, decision))

    def is_running(self, execution: str) -> bool:
        return execution in self.running


def swept(
    rig: Rig, *, machine: Machine | None = None, bus: EventBus | None = None, **order: Any
) -> SweepReport:
    with rig.wired(), wiring.use(settings=Settings(registry="registry.test:5000/apps")):
        parts = wiring.managed_parts()
        running = machine or Machine()
        told = bus or Bus()
        sweep = Sweep(**order)
        return Sweeper(sweep, rig.store, running, parts, ME, told, rig.workspace).run()


def completed(rig: Rig) -> None:
    rig.run(rig.submit(LIVE, app={"name": "live"}))
    assert rig.store.load(LIVE).workflow.status is Status.COMPLETED


def with_leftovers(rig: Rig) -> None:
    """The undo of the push never succeeded and was given up."""
    runner = Saboteur(Saboteur(rig.runner, REJECTED), NEVER_UNDONE)
    saga = rig.run(rig.submit(LEFT), runner)
    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS


def forgotten(rig: Rig, **labels: str) -> None:
    """Something of everything, of a workflow that no table knows."""
    given = {**labels_of(FORGOTTEN, "old", ME), **labels}
    rig.images.images.put(Image("sha256:old", None, given))
    rig.images.images.tag("sha256:old", f"{REPOSITORY}/old:1")
    rig.engine.push(f"{REPOSITORY}/old:1", None, lambda _: None, lambda: False)
    rig.engine.untag(f"{REPOSITORY}/old:1")
    rig.images.images.put(Image("sha256:old", None, given))
    rig.cluster.apply(an_object("v1", "Namespace", "old", None, given))
    rig.cluster.apply(an_object("v1", "ServiceAccount", "old", "old", given))
    rig.workspace.put(f"workflows/{FORGOTTEN}/build_image/context", b"x")


def told(report: SweepReport) -> list[tuple[str, str]]:
    return sorted((item.state, item.kind) for item in report.items)


EVERYTHING = ("image", "manifest", "namespace", "object", "serviceaccount")


def test_what_an_undo_left_over_is_removed_and_each_removal_is_an_event() -> None:
    rig = Rig()
    with_leftovers(rig)
    world = rig.world(LEFT)
    assert world["images"]["manifests"]

    report = swept(rig)

    assert told(report) == [("removed", "manifest")]
    assert rig.world(LEFT) == Rig().world(LEFT)
    last = rig.store.events(LEFT)[-1]
    assert last.type == "slipway.resource.swept"
    assert last.data["resource"] == {"kind": "manifest", "name": report.items[0].name}
    assert last.sequence == rig.store.load(LEFT).workflow.version


def test_of_a_workflow_that_nobody_knows_everything_goes() -> None:
    rig = Rig()
    forgotten(rig)

    report = swept(rig)

    assert told(report) == [("removed", kind) for kind in EVERYTHING]
    assert {item.why for item in report.items} == {"its workflow is unknown"}
    assert rig.world(FORGOTTEN) == Rig().world(FORGOTTEN)


def test_a_dry_run_says_the_same_and_does_nothing() -> None:
    rig = Rig()
    forgotten(rig)
    before = rig.world(FORGOTTEN)

    report = swept(rig, dry_run=True)

    assert told(report) == [("would_remove", kind) for kind in EVERYTHING]
    assert rig.world(FORGOTTEN) == before


def test_what_a_completed_or_an_open_workflow_made_stays() -> None:
    rig = Rig()
    completed(rig)
    rig.submit(LEFT)
    with rig.wired():
        for step in PLAN.steps[:6]:
            rig.runner.execute(BEHAVIOURS[step.name], LEFT)
    before = rig.world(LEFT)

    report = swept(rig, machine=Machine(LEFT))

    assert report.items == ()
    assert rig.world(LEFT) == before


@pytest.mark.parametrize(
    "labels",
    [
        {INSTANCE: "another.one"},
        {MANAGED_BY: "somebody"},
        {WORKFLOW: ""},
    ],
    ids=["another installation's", "somebody's", "of no workflow"],
)
def test_what_is_not_labelled_as_ours_is_never_touched(labels: Mapping[str, str]) -> None:
    rig = Rig()
    forgotten(rig, **labels)
    rig.workspace.delete("workflows/")
    before = rig.world(FORGOTTEN)

    report = swept(rig)

    assert report.items == ()
    assert rig.world(FORGOTTEN) == before


def test_what_names_no_installation_counts_as_ours() -> None:
    rig = Rig()
    labels = {WORKFLOW: FORGOTTEN, APP: "old", MANAGED_BY: "slipway"}
    rig.images.images.put(Image("sha256:old", None, labels))

    assert told(swept(rig)) == [("removed", "image")]


def test_what_is_young_is_spared_by_the_schedule() -> None:
    rig = Rig()
    forgotten(rig)
    before = rig.world(FORGOTTEN)

    with rig.wired(), wiring.use(executions=Machine(), bus=Bus(), settings=Settings(instance=ME)):
        report = on_schedule({})

    assert report["items"] == []
    assert rig.world(FORGOTTEN) == before


class EndsMeanwhile(MemoryEngine):
    """When it has told what it has, the workflow that made it is undone to its end."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig.images)
        self._rig, self.told = rig, 0

    def managed(self) -> Sequence[Labelled]:
        found = super().managed()
        self.told += 1
        if self.told == 1:
            self._rig.driver().undo(LEFT, LEFT)
        return found


def test_what_an_undo_removed_while_the_sweep_looked_is_not_told_as_the_sweeps_doing() -> None:
    rig = Rig()
    rig.submit(LEFT)
    with rig.wired():
        for step in PLAN.steps[:4]:
            rig.runner.execute(BEHAVIOURS[step.name], LEFT)
    rig.engine = EndsMeanwhile(rig)

    report = swept(rig, machine=Machine(LEFT))

    assert rig.store.load(LEFT).workflow.status is Status.COMPENSATED
    assert rig.engine.told == 2
    assert report.items == ()
    assert rig.store.events(LEFT)[-1].type == "slipway.workflow.compensated"
