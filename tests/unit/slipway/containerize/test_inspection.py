"""The receipt: what is found outside counts, whatever the records say."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.faults.rig import REPOSITORY
from tests.faults.worlds import an_object
from tests.unit.steps.bench import ME, Bench

from slipway import wiring
from slipway.containerize.ports import ObjectRef
from slipway.saga import ReceiptItem, operations, transitions
from slipway.saga.state import Decision, Resolution
from steps import PLAN

NOON = datetime(2030, 3, 2, 12, tzinfo=UTC)
REFERENCE = f"{REPOSITORY}:{ME}"
STEPS = tuple(step.name for step in reversed(PLAN.steps))
"""The last one first, as they are undone."""


def deployed() -> Bench:
    bench = Bench()
    bench.begin(STEPS[0])
    bench.do(STEPS[0])
    return bench


def undone(bench: Bench, *, but: str = "") -> Bench:
    for step in STEPS:
        if step != but:
            bench.undo(step)
    return bench


def found(bench: Bench, workflow_id: str = ME) -> list[ReceiptItem]:
    saga = bench.store.load(workflow_id)
    with bench.wired():
        return [item for inspect in wiring.inspectors() for item in inspect(saga)]


def leftovers(bench: Bench) -> set[tuple[str, str]]:
    return {(item.step, item.kind) for item in found(bench) if item.state == "leftover"}


def details(bench: Bench, state: str) -> set[tuple[str, str | None]]:
    return {(item.kind, item.detail) for item in found(bench) if item.state == state}


def test_a_whole_rollback_leaves_nothing_but_reports_and_logs() -> None:
    bench = undone(deployed())

    assert leftovers(bench) == set()
    assert {item.kind for item in found(bench) if item.state == "kept"} == {"object"}
    archive = f"workflows/{ME}/analyze_repository/source.tar.gz"
    assert archive in {item.name for item in found(bench) if item.state == "absent"}


@pytest.mark.parametrize(
    ("forgotten", "told"),
    [
        ("analyze_repository", {"object"}),
        ("generate_dockerfile", {"object"}),
        ("generate_manifests", {"object"}),
        ("push_image", {"tag", "manifest"}),
        ("deploy_application", {"deployment", "service", "networkpolicy", "replicaset", "pod"}),
    ],
)
def test_what_one_undo_forgot_is_found(forgotten: str, told: set[str]) -> None:
    bench = undone(deployed(), but=forgotten)

    assert {kind for step, kind in leftovers(bench) if step == forgotten} >= told - {
        "replicaset",
        "pod",
    }
    assert {kind for _, kind in leftovers(bench)} == told


def test_an_image_that_is_still_there_is_found_by_its_label() -> None:
    bench = deployed()
    bench.undo("push_image")

    assert {("build_image", "image"), ("tag_image", "tag")} <= leftovers(bench)


def test_an_image_that_somebody_has_tagged_is_kept_and_says_so() -> None:
    bench = deployed()
    bench.engine.tag(bench.record("build_image").outputs["image_id"], "somebodys/shop:mine")
    undone(bench)

    assert leftovers(bench) == set()
    assert ("image", "in use by the tag somebodys/shop:mine") in details(bench, "kept")
    assert ("tag", None) in details(bench, "absent")


def test_a_container_of_somebody_keeps_the_only_tag_and_the_image() -> None:
    bench = deployed()
    bench.images.images.hold("debug", REFERENCE)
    undone(bench)

    assert leftovers(bench) == set()
    told = "in use by the container debug"
    assert {("image", told), ("tag", told)} <= details(bench, "kept")


def test_our_own_tag_that_was_forgotten_is_nobodys_use() -> None:
    bench = undone(deployed(), but="tag_image")

    assert leftovers(bench) == {("build_image", "image"), ("tag_image", "tag")}


def test_a_workflow_that_never_reached_the_outside_asks_nobody() -> None:
    bench = Bench()
    bench.images.away |= {"engine", "registry.test:5000"}
    bench.begin("generate_dockerfile")

    assert {item.kind for item in found(bench)} == {"object"}


def test_a_tag_that_somebody_else_took_is_not_ours_to_clear() -> None:
    bench = deployed()
    with_another = f"sha256:{'0' * 64}"
    bench.images.manifests[REPOSITORY, with_another] = {}
    bench.registry.set_tag(REFERENCE, with_another)
    undone(bench)

    assert leftovers(bench) == set()
    assert ("tag", "the tag was moved to another image") in details(bench, "absent")


def test_a_manifest_that_another_tag_uses_is_kept_and_our_tag_is_left_over() -> None:
    bench = deployed()
    digest = bench.record("push_image").outputs["digest"]
    bench.registry.set_tag(f"{REPOSITORY}:live", digest)
    undone(bench)

    assert leftovers(bench) == {("push_image", "tag")}
    assert ("manifest", "in use by the tag live") in details(bench, "kept")


def test_a_namespace_that_others_have_moved_into_is_kept_and_says_so() -> None:
    bench = deployed()
    bench.cluster.apply(an_object("v1", "ConfigMap", "prices", "shop", {}))
    undone(bench)

    assert leftovers(bench) == set()
    assert ("namespace", "the namespace is in use by other objects") in details(bench, "kept")


def adopted_account(change: Callable[[Bench], None]) -> Bench:
    """The service account was there before; something happens to it after the deployment."""
    bench = Bench()
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {}))
    bench.cluster.apply(an_object("v1", "ServiceAccount", "shop", "shop", {"team": "boris"}))
    bench.begin(STEPS[0], options={"adopt": True})
    bench.do(STEPS[0])
    undone(bench)
    change(bench)
    return bench


def test_an_adopted_object_is_restored() -> None:
    bench = adopted_account(lambda _: None)

    assert ("serviceaccount", None) in details(bench, "restored")


def test_an_adopted_object_that_is_gone_is_a_leftover() -> None:
    account = ObjectRef("v1", "ServiceAccount", "shop", "shop")

    bench = adopted_account(lambda bench: bench.cluster.delete(account))

    assert leftovers(bench) == {("prepare_cluster", "serviceaccount")}


def test_an_adopted_object_that_somebody_else_changes_later_is_theirs() -> None:
    theirs = an_object("v1", "ServiceAccount", "shop", "shop", {"team": "clara"})

    bench = adopted_account(lambda bench: bench.cluster.replace(theirs))

    assert leftovers(bench) == set()
    told = details(bench, "kept")
    assert ("serviceaccount", "it was modified by someone else since") in told


def test_a_workspace_that_was_skipped_is_seen_to_be_empty() -> None:
    bench = undone(deployed(), but="generate_manifests")
    saga = bench.store.load(ME)
    manifests = saga.steps["generate_manifests"]
    assert ("generate_manifests", "object") in leftovers(bench)
    bench.store.commit(transitions.parked(saga, manifests, None, NOON))
    said = Resolution(decision=Decision.SKIP, reason="empty", decided_at=NOON, decided_by="otto")
    parked = bench.store.load(ME)
    bench.store.commit(operations.resolved(parked, parked.steps["generate_manifests"], said, None))

    bench.workspace.delete(f"workflows/{ME}/generate_manifests/")

    states = {item.state for item in found(bench) if item.step == "generate_manifests"}
    assert states == {"absent"}
