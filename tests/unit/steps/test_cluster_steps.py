"""The steps that prepare the cluster, deploy, and ask the service."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.faults.worlds import an_object
from tests.unit.steps.bench import ME, Bench

from slipway.adapters.memory.cluster import MemoryCluster
from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import Credentials, Manifest, ObjectRef, Probe, Rollout
from slipway.saga import Rejected, StepStatus, Unavailable

OLDER = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
SHOP = ObjectRef("v1", "Namespace", "shop")
ACCOUNT = ObjectRef("v1", "ServiceAccount", "shop", "shop")
DEPLOYMENT = ObjectRef("apps/v1", "Deployment", "shop", "shop")
SERVICE = ObjectRef("v1", "Service", "shop", "shop")
PRICES = an_object("v1", "ConfigMap", "prices", "shop", {"team": "boris"})


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


def test_a_place_that_was_not_there_is_made_and_cleared() -> None:
    bench = Bench()
    bench.begin("prepare_cluster")

    assert set(bench.do("prepare_cluster").created) == {
        "namespace:shop",
        "serviceaccount:shop/shop",
    }
    bench.undo("prepare_cluster")
    bench.undo("prepare_cluster")

    assert bench.cluster.snapshot() == {}


def test_a_namespace_that_was_there_keeps_its_labels_and_stays() -> None:
    bench = Bench()
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {"team": "boris"}))
    bench.begin("prepare_cluster")

    assert "namespace:shop" in bench.do("prepare_cluster").adopted
    assert found(bench, SHOP)["metadata"]["labels"] == {"team": "boris"}
    bench.undo("prepare_cluster")

    assert found(bench, SHOP)["metadata"]["labels"] == {"team": "boris"}
    assert bench.cluster.read(ACCOUNT) is None


def test_a_namespace_that_others_have_moved_into_stays() -> None:
    bench = Bench()
    bench.begin("prepare_cluster")
    bench.do("prepare_cluster")
    bench.cluster.apply(PRICES)

    bench.undo("prepare_cluster")

    assert set(bench.cluster.snapshot()) == {"namespace:shop", "configmap:shop/prices"}


def test_a_namespace_that_somebody_makes_between_two_attempts_is_theirs() -> None:
    bench = Bench()
    bench.begin("prepare_cluster")
    bench.do_and_die("prepare_cluster", after_call=4)
    assert bench.record("prepare_cluster").status is StepStatus.INTENT
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {"team": "boris"}))

    bench.do("prepare_cluster")
    assert found(bench, SHOP)["metadata"]["labels"] == {"team": "boris"}
    bench.undo("prepare_cluster")

    assert set(bench.cluster.snapshot()) == {"namespace:shop"}


def test_a_service_account_that_was_there_is_put_back_as_it_was() -> None:
    bench = Bench()
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {}))
    bench.cluster.apply(an_object("v1", "ServiceAccount", "shop", "shop", {"team": "boris"}))
    before = bench.cluster.snapshot()
    bench.begin("prepare_cluster")

    bench.do("prepare_cluster")
    assert bench.cluster.snapshot() != before
    bench.undo("prepare_cluster")

    assert bench.cluster.snapshot() == before


def test_a_pull_secret_is_made_from_the_login_and_never_noted_anywhere() -> None:
    bench = Bench()
    bench.lock_registry(Credentials("anna", "correct horse"))
    bench.begin("prepare_cluster")

    record = bench.do("prepare_cluster")

    name = bench.record("generate_manifests").outputs["pull_secret"]
    secret = ObjectRef("v1", "Secret", name, "shop")
    assert found(bench, secret)["type"] == "kubernetes.io/dockerconfigjson"
    assert "correct horse" not in record.model_dump_json()
    told = bench.store.events(ME)
    assert not any("correct horse" in event.model_dump_json() for event in told)
    bench.undo("prepare_cluster")
    assert bench.cluster.read(secret) is None


def test_a_pull_secret_that_was_there_is_neither_copied_nor_deleted() -> None:
    bench = Bench()
    bench.lock_registry(Credentials("anna", "correct horse"))
    bench.begin("prepare_cluster")
    name = bench.record("generate_manifests").outputs["pull_secret"]
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {}))
    secret = {**an_object("v1", "Secret", name, "shop", {}), "data": {"theirs": "c2VjcmV0"}}
    bench.cluster.apply(secret)
    before = bench.cluster.snapshot()

    record = bench.do("prepare_cluster")
    assert "c2VjcmV0" not in record.model_dump_json()
    bench.undo("prepare_cluster")

    assert bench.cluster.snapshot() == before


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
    bench.do_and_die("deploy_application", after_call=8)
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
    assert log == "the pods cannot be asked: no answer\n"


def answering(*statuses: int | None) -> Callable[..., Probe]:
    """Those, one after the other; the last one again and again."""
    left = list(statuses)
    return lambda *_: Probe(left.pop(0) if len(left) > 1 else left[0])


def verified(*statuses: int | None) -> Bench:
    bench = Bench()
    bench.begin("verify_deployment")
    bench.cluster.probe = answering(*statuses)  # type: ignore[method-assign]
    return bench


def test_a_service_must_answer_three_times_in_a_row() -> None:
    bench = verified(200, 200, None, 200, 200, 503, 200, 200, 200)

    assert bench.do("verify_deployment").outputs["http_status"] == 200


@pytest.mark.parametrize(
    ("status", "told"), [(None, "nobody answered"), (500, "the last answer was 500")]
)
def test_a_service_that_does_not_answer_well_fails_and_its_pods_are_reported(
    status: int | None, told: str
) -> None:
    bench = verified(status)

    with pytest.raises(Rejected, match=told):
        bench.do("verify_deployment")

    assert bench.keys("verify_deployment") == {"pods.log"}


def test_a_verification_changes_nothing_and_has_nothing_to_undo() -> None:
    bench = verified(200)
    before = bench.world(ME)

    bench.do("verify_deployment")
    bench.undo("verify_deployment")

    assert bench.world(ME) == before


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
