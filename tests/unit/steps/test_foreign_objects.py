"""What was there before under the app's name and is not its own: untouched, unless asked for."""

from typing import Any

import pytest
from tests.faults.worlds import an_object, their_policy
from tests.unit.steps.bench import ME, Bench

from slipway.containerize.labels import APP, MANAGED_BY, MANAGER, WORKFLOW, labels_of
from slipway.containerize.ports import Credentials, ObjectRef
from slipway.saga import Rejected, StepStatus

SERVICE = ObjectRef("v1", "Service", "shop", "shop")
POLICY = ObjectRef("networking.k8s.io/v1", "NetworkPolicy", "shop", "shop")
BY_HAND = {"team": "boris"}
OTHER_APP = labels_of("wf_of_the_kettle", "kettle")
LOOKS_ALIKE = {APP: "shop", "app.kubernetes.io/managed-by": MANAGER}
ONLY_MANAGED = {MANAGED_BY: MANAGER}


def their_service(labels: dict[str, str]) -> dict[str, Any]:
    spec = {"selector": {"tier": "front"}, "ports": [{"port": 80}]}
    return {**an_object("v1", "Service", "shop", "shop", labels), "spec": spec}


def a_bench_with(*objects: dict[str, Any]) -> Bench:
    bench = Bench()
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, BY_HAND))
    for each in objects:
        bench.cluster.apply(each)
    return bench


@pytest.mark.parametrize("labels", [BY_HAND, OTHER_APP, LOOKS_ALIKE, ONLY_MANAGED, {}])
def test_a_service_of_others_is_refused_before_anything_is_changed(labels: dict[str, str]) -> None:
    bench = a_bench_with(their_service(labels))
    before = bench.cluster.snapshot()
    bench.begin("prepare_cluster")

    with pytest.raises(Rejected, match="not_ours") as caught:
        bench.do("prepare_cluster")

    assert "Service shop/shop" in caught.value.message
    assert "--adopt" in (caught.value.fix or "")
    assert bench.cluster.snapshot() == before
    assert bench.record("prepare_cluster").status is StepStatus.FAILED
    bench.undo("prepare_cluster")
    assert bench.cluster.snapshot() == before


def test_everything_that_is_in_the_way_is_named_at_once() -> None:
    bench = a_bench_with(their_service(BY_HAND), their_policy(OTHER_APP))
    bench.begin("prepare_cluster")

    with pytest.raises(Rejected, match="not_ours") as caught:
        bench.do("prepare_cluster")

    assert "Service shop/shop" in caught.value.message
    assert "NetworkPolicy shop/shop" in caught.value.message


def test_a_pull_secret_that_is_not_ours_is_refused_unread() -> None:
    bench = a_bench_with()
    bench.lock_registry(Credentials("anna", "correct horse"))
    bench.begin("prepare_cluster")
    name = bench.record("generate_manifests").outputs["pull_secret"]
    bench.cluster.apply({**an_object("v1", "Secret", name, "shop", BY_HAND), "data": {"a": "eA=="}})

    with pytest.raises(Rejected, match="not_ours") as caught:
        bench.do("prepare_cluster")

    assert f"Secret shop/{name}" in caught.value.message
    assert "eA==" not in caught.value.message


def test_what_appears_after_the_place_was_prepared_is_refused_by_the_next_step() -> None:
    bench = a_bench_with()
    bench.begin("deploy_application")
    bench.cluster.apply(their_service(BY_HAND))
    before = bench.cluster.snapshot()

    with pytest.raises(Rejected, match="not_ours"):
        bench.do("deploy_application")
    bench.undo("deploy_application")

    assert bench.cluster.snapshot() == before


@pytest.mark.parametrize("adopt", [False, True])
def test_what_appears_between_two_attempts_could_not_be_put_back_and_is_refused(
    adopt: bool,
) -> None:
    bench = a_bench_with()
    bench.begin("deploy_application", options={"adopt": adopt})
    bench.do_and_die("deploy_application", after_call=6)
    assert bench.record("deploy_application").status is StepStatus.INTENT
    bench.cluster.apply(their_service(BY_HAND))
    before = bench.cluster.snapshot()

    with pytest.raises(Rejected, match="not_ours"):
        bench.do("deploy_application")
    bench.undo("deploy_application")

    assert bench.cluster.snapshot() == before


def test_what_is_taken_over_when_asked_is_put_back_to_the_letter() -> None:
    bench = a_bench_with(their_service(BY_HAND), their_policy(OTHER_APP))
    before = bench.cluster.snapshot()
    bench.begin("deploy_application", options={"adopt": True})

    adopted = bench.do("deploy_application").adopted
    taken = bench.cluster.read(SERVICE)

    assert set(adopted) == {"service:shop/shop", "networkpolicy:shop/shop"}
    assert taken is not None
    assert taken["metadata"]["labels"][WORKFLOW] == ME
    assert taken["spec"]["selector"][APP] == "shop"
    bench.undo("deploy_application")
    bench.undo("prepare_cluster")
    assert bench.cluster.snapshot() == before


def test_what_was_taken_over_once_is_the_apps_own_from_then_on() -> None:
    bench = a_bench_with(their_service(BY_HAND))
    bench.begin("verify_deployment", "wf_aaaaaaaaaaaaaaaaaaaaaaaa", options={"adopt": True})
    with bench.wired():
        bench.driver().run("wf_aaaaaaaaaaaaaaaaaaaaaaaa")
    bench.source.version = "2"
    before = bench.cluster.snapshot()
    bench.begin("deploy_application")

    assert "service:shop/shop" in bench.do("deploy_application").adopted
    bench.undo("deploy_application")
    bench.undo("prepare_cluster")

    assert bench.cluster.snapshot() == before
