"""A namespace is deleted only when nobody else lives there: nobody may be overlooked."""

from typing import Any

import pytest

from slipway.adapters.kubernetes_inhabitants import foreign

CONTROLLER = [{"manager": "kube-controller-manager"}]


def an_object(kind: str, name: str, **metadata: Any) -> dict[str, Any]:
    known = {"name": name, "namespace": "shop", "uid": f"{kind}/{name}", **metadata}
    return {"apiVersion": "v1", "kind": kind, "metadata": known}


def names(*objects: dict[str, Any]) -> list[str]:
    return [str(ref) for ref in foreign(objects)]


@pytest.mark.parametrize(
    "common",
    [
        an_object("ServiceAccount", "default"),
        an_object("ConfigMap", "kube-root-ca.crt"),
        an_object("Event", "shop.17"),
        an_object("Endpoints", "gone", managedFields=CONTROLLER),
        an_object("EndpointSlice", "gone-x", managedFields=CONTROLLER),
        an_object(
            "Secret",
            "default-token-x",
            annotations={"kubernetes.io/service-account.name": "default"},
        ),
    ],
    ids=lambda common: common["kind"],
)
def test_what_kubernetes_puts_there_is_nobody(common: dict[str, Any]) -> None:
    assert names(common) == []


@pytest.mark.parametrize(
    "somebody",
    [
        an_object("ServiceAccount", "builder"),
        an_object("ConfigMap", "settings"),
        an_object("Secret", "password"),
        an_object("Endpoints", "by-hand", managedFields=[{"manager": "kubectl"}]),
        an_object("Endpoints", "unknown-maker"),
        an_object("PersistentVolumeClaim", "data"),
        an_object("Widget", "custom"),
    ],
    ids=lambda somebody: somebody["kind"],
)
def test_everything_else_is_somebody(somebody: dict[str, Any]) -> None:
    assert len(names(somebody)) == 1


def test_what_is_owned_goes_with_its_owner_and_is_not_counted() -> None:
    job = an_object("Job", "nightly")
    pod = an_object("Pod", "nightly-1", ownerReferences=[{"uid": "Job/nightly"}])

    assert names(job, pod) == ["job:shop/nightly"]


def test_an_orphan_whose_owner_is_not_there_is_somebody() -> None:
    pod = an_object("Pod", "nightly-1", ownerReferences=[{"uid": "elsewhere"}])

    assert names(pod) == ["pod:shop/nightly-1"]
