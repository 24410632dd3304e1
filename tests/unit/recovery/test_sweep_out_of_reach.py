"""What a sweep cannot reach is told, with whose it is, and stops nothing else."""

from collections.abc import Sequence

from tests.faults.rig import REPOSITORY, Rig
from tests.faults.worlds import an_object
from tests.unit.recovery.test_sweep import EVERYTHING, FORGOTTEN, ME, forgotten, swept, told

from slipway.adapters.memory.cluster import MemoryCluster
from slipway.adapters.memory.images import Image
from slipway.adapters.memory.registry import MemoryRegistry
from slipway.adapters.registry_errors import unreachable
from slipway.containerize.labels import labels_of
from slipway.containerize.managed import InRegistry
from slipway.containerize.ports import Manifest, ObjectRef
from slipway.saga.errors import Unavailable

LATER = "wf_gggggggggggggggggggggggg"


class Stubborn:
    """A world in which this one effect never happens."""

    def __init__(self, effect: str) -> None:
        self.effect = effect

    def before(self, effect: str) -> None:
        if effect == self.effect:
            raise Unavailable("still_deleting", f"{effect}: it is still there")

    def after(self, effect: str) -> None: ...


def test_a_part_that_is_out_of_reach_is_told_and_the_others_are_swept() -> None:
    rig = Rig()
    forgotten(rig)
    rig.images.away.add("registry.test:5000")

    report = swept(rig)

    assert [each.part for each in report.unreachable] == ["registry"]
    assert told(report) == [("removed", k) for k in EVERYTHING if k != "manifest"]


def test_a_repository_that_answers_with_an_error_is_named_and_the_others_are_swept() -> None:
    rig = Rig()
    pushed(rig, f"{REPOSITORY}/another")
    forgotten(rig)
    rig.images.broken.add(f"{REPOSITORY}/another")

    report = swept(rig)

    assert told(report) == [("removed", kind) for kind in EVERYTHING]
    (unseen,) = report.unreachable
    assert unseen.part == "registry"
    assert unseen.message.startswith(f"{REPOSITORY}/another: registry.test:5000 returned 500")
    assert sorted(rig.images.tags) == [(f"{REPOSITORY}/another", "1")]


class Sluggish(MemoryRegistry):
    """Lists its repositories, and then leaves everybody waiting."""

    waits = 0

    def tags(self, repository: str) -> Sequence[str]:
        self.waits += 1
        raise unreachable(repository, "ReadTimeout")


def test_who_lets_a_sweep_wait_in_vain_three_times_is_not_asked_a_fourth_time() -> None:
    rig = Rig()
    for name in "abcde":
        pushed(rig, f"{REPOSITORY}/{name}")
    registry = Sluggish(rig.images)

    found = InRegistry(lambda: registry, REPOSITORY).find()

    assert registry.waits == 3
    assert [each.removeprefix(f"{REPOSITORY}/")[0] for each in found.unseen] == list("abcde")
    assert found.resources == []


def pushed(rig: Rig, repository: str) -> None:
    rig.images.images.put(Image("sha256:old", None, labels_of(FORGOTTEN, "old", ME)))
    rig.images.images.tag("sha256:old", f"{repository}:1")
    rig.engine.push(f"{repository}:1", None, lambda _: None, lambda: False)
    rig.engine.untag(f"{repository}:1")


def test_what_is_not_to_be_removed_of_one_workflow_stops_no_other() -> None:
    rig = Rig(Stubborn("delete namespace:old"))
    forgotten(rig)
    rig.cluster.apply(an_object("v1", "Namespace", "new", None, labels_of(LATER, "new", ME)))

    report = swept(rig)

    removed = [(i.workflow_id, i.name) for i in report.items if i.kind == "namespace"]
    assert removed == [(LATER, "new")]
    assert [(each.part, each.workflow_id) for each in report.unreachable] == [
        ("cluster", FORGOTTEN)
    ]


class Leaving(MemoryCluster):
    """Its namespaces were told to go, and something keeps them."""

    def managed(self) -> Sequence[Manifest]:
        return [self._leaving(each) for each in super().managed()]

    def _leaving(self, found: Manifest) -> Manifest:
        if found["kind"] != "Namespace":
            return found
        since = {"deletionTimestamp": "2030-03-01T12:00:00Z"}
        return {**found, "metadata": {**found["metadata"], **since}}

    def delete(self, ref: ObjectRef, uid: str | None = None) -> None:
        assert ref.kind != "Namespace", "nobody waits for it a second time"
        super().delete(ref, uid)


def test_a_namespace_that_was_told_to_go_is_not_waited_for_again() -> None:
    rig = Rig()
    rig.cluster = Leaving()
    forgotten(rig)

    report = swept(rig)

    kept = {item.kind: item.detail for item in report.items if item.state == "kept"}
    assert kept == {"namespace": "deletion already in progress"}
    assert report.unreachable == ()
