"""The step that makes the place where the service will live."""

from tests.faults.worlds import an_object
from tests.unit.steps.bench import ME, Bench

from slipway.containerize.ports import Credentials, Manifest, ObjectRef
from slipway.saga import StepStatus

SHOP = ObjectRef("v1", "Namespace", "shop")
ACCOUNT = ObjectRef("v1", "ServiceAccount", "shop", "shop")
PRICES = an_object("v1", "ConfigMap", "prices", "shop", {"team": "boris"})


def found(bench: Bench, ref: ObjectRef) -> Manifest:
    there = bench.cluster.read(ref)
    assert there is not None
    return there


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
    bench.do_and_die("prepare_cluster", after_call=9)
    assert bench.record("prepare_cluster").status is StepStatus.INTENT
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {"team": "boris"}))

    bench.do("prepare_cluster")
    assert found(bench, SHOP)["metadata"]["labels"] == {"team": "boris"}
    bench.undo("prepare_cluster")

    assert set(bench.cluster.snapshot()) == {"namespace:shop"}


def test_a_service_account_that_was_taken_over_is_put_back_as_it_was() -> None:
    bench = Bench()
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {}))
    bench.cluster.apply(an_object("v1", "ServiceAccount", "shop", "shop", {"team": "boris"}))
    before = bench.cluster.snapshot()
    bench.begin("prepare_cluster", options={"adopt": True})

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
    bench.begin("prepare_cluster", options={"adopt": True})
    name = bench.record("generate_manifests").outputs["pull_secret"]
    bench.cluster.apply(an_object("v1", "Namespace", "shop", None, {}))
    secret = {**an_object("v1", "Secret", name, "shop", {}), "data": {"theirs": "c2VjcmV0"}}
    bench.cluster.apply(secret)
    before = bench.cluster.snapshot()

    record = bench.do("prepare_cluster")
    assert "c2VjcmV0" not in record.model_dump_json()
    bench.undo("prepare_cluster")

    assert bench.cluster.snapshot() == before
