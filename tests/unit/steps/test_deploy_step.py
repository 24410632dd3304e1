"""The step that deploys, and the cluster steps without a cluster."""

from typing import Any

import pytest
from tests.unit.steps.bench import ME, Bench

from slipway.adapters.memory.cluster import MemoryCluster
from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import Manifest, ObjectRef, Rollout
from slipway.saga import Rejected, StepStatus, Unavailable

OLDER = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
DEPLOYMENT = ObjectRef("apps/v1", "Deployment", "shop", "shop")
SERVICE = ObjectRef("v1", "Service", "shop", "shop")


def found(bench: Bench, ref: ObjectRef) -> Manifest:
    there = bench.cluster.read(ref)
    assert there is not None
    return there


def version_1_serves(bench: Bench) -> None:
    bench.begin("deploy_application", OLDER)
    bench.do("deploy_application", OLDER)
    with bench.wired():
        bench.driver().run(OLDER)
    bench.source.version = "2"


def test_what_a_deployment_made_goes_with_its_undo() -> None:
    bench = Bench()
    bench.begin("deploy_application")
    before = bench.cluster.snapshot()

    created = bench.do("deploy_application").created
    assert {"deployment:shop/shop", "service:shop/shop"} <= set(created)
    bench.undo("deploy_application")
    bench.undo("deploy_application")

    assert bench.cluster.snapshot() == before


def test_a_deployment_that_was_half_applied_is_withdrawn() -> None:
    bench = Bench()
    bench.begin("deploy_application")
    before = bench.cluster.snapshot()
    bench.do_and_die("deploy_application", after_call=12)
    assert bench.cluster.read(SERVICE)
    assert bench.cluster.read(DEPLOYMENT) is None

    bench.undo("deploy_application")

    assert bench.cluster.snapshot() == before


def test_version_1_serves_again_and_nothing_of_version_2_is_left() -> None:
    bench = Bench()
    version_1_serves(bench)
    bench.begin("deploy_application")
    before = bench.cluster.snapshot()

    assert "deployment:shop/shop" in bench.do("deploy_application").adopted
    assert any(ref.kind == "ReplicaSet" for ref in bench.cluster.made_by(ME))
    bench.undo("deploy_application")

    assert bench.cluster.snapshot() == before
    assert found(bench, DEPLOYMENT)["metadata"]["labels"][WORKFLOW] == OLDER


def test_a_deployment_that_somebody_else_has_taken_over_meanwhile_is_left_alone() -> None:
    bench = Bench()
    version_1_serves(bench)
    bench.begin("deploy_application")
    bench.do("deploy_application")
    theirs = dict(found(bench, DEPLOYMENT))
    labels = {**theirs["metadata"]["labels"], WORKFLOW: "wf_of_boris"}
    theirs["metadata"] = {**theirs["metadata"], "labels": labels}
    bench.cluster.replace(theirs)
    taken = bench.cluster.read(DEPLOYMENT)

    bench.undo("deploy_application")

    assert bench.cluster.read(DEPLOYMENT) == taken


class ToldLate(MemoryCluster):
    """Notes which older failure it was told to overlook."""

    since: list[str | None]

    def rollout(self, deployment: ObjectRef, since: str | None = None) -> Rollout:
        self.since.append(since)
        return super().rollout(deployment, since)


def test_the_failure_of_version_2_is_not_taken_for_one_of_the_restored_version() -> None:
    bench = Bench()
    bench.cluster = cluster = ToldLate()
    cluster.since = []
    version_1_serves(bench)
    bench.begin("deploy_application")
    bench.do("deploy_application")
    cluster.since.clear()

    bench.undo("deploy_application")

    assert cluster.since
    assert None not in cluster.since


def test_the_reports_of_the_pods_are_kept_when_the_rollout_fails() -> None:
    bench = Bench()
    bench.cluster = MemoryCluster(rollouts=lambda _: ("crash_loop", "it ends again and again"))
    bench.begin("deploy_application")

    with pytest.raises(Rejected, match="crash_loop"):
        bench.do("deploy_application")
    bench.undo("deploy_application")

    log = bench.workspace.get(f"workflows/{ME}/deploy_application/pods.log").decode()
    assert "not ready" in log


class Silent(MemoryCluster):
    def pod_report(self, *_: Any) -> list[str]:
        raise Unavailable("cluster_timeout", "no answer")


def test_a_cluster_that_cannot_report_does_not_hide_why_the_rollout_failed() -> None:
    bench = Bench()
    bench.cluster = Silent(rollouts=lambda _: ("crash_loop", "it ends again and again"))
    bench.begin("deploy_application")

    with pytest.raises(Rejected, match="crash_loop"):
        bench.do("deploy_application")

    log = bench.workspace.get(f"workflows/{ME}/deploy_application/pods.log").decode()
    assert log == "the pods could not be queried: no answer\n"


class NoCluster(MemoryCluster):
    """Raises whatever it is asked."""

    def read(self, _: ObjectRef) -> Manifest | None:
        raise Unavailable("cluster_unreachable", "there is none")

    def made_by(self, _: str) -> list[ObjectRef]:
        raise Unavailable("cluster_unreachable", "there is none")


def test_without_a_deployment_no_cluster_is_asked_there_and_back() -> None:
    bench = Bench()
    bench.cluster = NoCluster()
    bench.begin("prepare_cluster", options={"deploy": False})

    for step in ("prepare_cluster", "deploy_application", "verify_deployment"):
        assert bench.do(step).outputs == {"skipped": "deploy was not asked for"}
    for step in ("verify_deployment", "deploy_application", "prepare_cluster"):
        assert bench.undo(step).status is StepStatus.UNDONE
