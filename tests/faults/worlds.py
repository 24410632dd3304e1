"""The worlds that faults happen in: what is there before the workflow begins."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.faults.rig import REPOSITORY, Rig

from slipway.containerize.ports import Credentials
from slipway.saga import Status

ME = "wf_bbbbbbbbbbbbbbbbbbbbbbbb"
"""The workflow that the faults happen to."""
MARKER = "m4rk-0f-anna"
"""A secret that stands nowhere else in the world."""
OLDER = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"


def empty(_: Rig) -> dict[str, Any]:
    return {}


def older(rig: Rig) -> dict[str, Any]:
    """Version 1 of the shop serves under the very tag that version 2 will take, and one more."""
    request = {"image": {"tag": "stable"}}
    first = rig.run(rig.submit(OLDER, **request))
    assert first.workflow.status is Status.COMPLETED, first.workflow.error
    rig.registry.set_tag(f"{REPOSITORY}:live", first.steps["push_image"].outputs["digest"])
    rig.source.version = "2"
    return request


def shared(rig: Rig) -> dict[str, Any]:
    """Somebody else's namespace, whose service account and policy the shop is to take over."""
    rig.cluster.apply(an_object("v1", "Namespace", "shop", None, {"team": "boris"}))
    rig.cluster.apply(an_object("v1", "ServiceAccount", "shop", "shop", {"team": "boris"}))
    rig.cluster.apply(their_policy({"team": "boris"}))
    rig.cluster.apply(an_object("v1", "ConfigMap", "prices", "shop", {}))
    app = {"replicas": 2, "ingress": {"host": "shop.test"}}
    return {"app": app, "options": {"adopt": True}}


def private(rig: Rig) -> dict[str, Any]:
    """The registry wants a password, and the cluster therefore a pull secret."""
    rig.lock_registry(Credentials("anna", "correct horse"))
    return {}


def secret(_: Rig) -> dict[str, Any]:
    """Two settings that nobody else may read, and one that everybody may."""
    url = f"postgres://anna:{MARKER}@db/shop"
    return {"app": {"env": {"DB_PASSWORD": MARKER, "DB_URL": url, "TEA": "assam"}}}


def outside(rig: Rig) -> dict[str, Any]:
    """Builds outlast their function: they run on CodeBuild."""
    rig.build_outside()
    return {}


WORLDS: Mapping[str, Callable[[Rig], dict[str, Any]]] = {
    "empty": empty,
    "older": older,
    "shared": shared,
    "private": private,
    "secret": secret,
    "outside": outside,
}
"""Each prepares the rig and answers what the workflow asks for."""


def an_object(
    api_version: str, kind: str, name: str, namespace: str | None, labels: dict[str, str]
) -> dict[str, Any]:
    place = {"namespace": namespace} if namespace else {}
    metadata = {"name": name, "labels": labels, **place}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def their_policy(labels: dict[str, str]) -> dict[str, Any]:
    """Somebody else's, under the shop's name: it closes all the namespace."""
    policy = an_object("networking.k8s.io/v1", "NetworkPolicy", "shop", "shop", labels)
    return {**policy, "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}
