"""Find the objects in a namespace, except those that Kubernetes creates in every one."""

from collections.abc import Iterable, Mapping
from typing import Any

from slipway.containerize.ports import ObjectRef

_EVERYWHERE = {("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")}
_DERIVED = {"Endpoints", "EndpointSlice"}
_CONTROLLER = "kube-controller-manager"


def foreign(found: Iterable[Mapping[str, Any]]) -> list[ObjectRef]:
    """`found` holds the metadata of all objects, each with apiVersion and kind.

    An object owned by another one in the list is left out: it is deleted with its owner.
    """
    objects = list(found)
    uids = {entry["metadata"]["uid"] for entry in objects}
    return sorted(
        ref_of(entry)
        for entry in objects
        if not _comes_with_a_namespace(entry) and not _owners(entry) & uids
    )


def ref_of(entry: Mapping[str, Any]) -> ObjectRef:
    metadata = entry["metadata"]
    return ObjectRef(
        entry["apiVersion"], entry["kind"], metadata["name"], metadata.get("namespace")
    )


def _owners(entry: Mapping[str, Any]) -> set[str]:
    return {owner["uid"] for owner in entry["metadata"].get("ownerReferences") or ()}


def _comes_with_a_namespace(entry: Mapping[str, Any]) -> bool:
    kind, metadata = entry["kind"], entry["metadata"]
    annotations = metadata.get("annotations") or {}
    if kind == "Event" or (kind, metadata["name"]) in _EVERYWHERE:
        return True
    if kind == "Secret":  # before 1.24 every service account came with one
        return bool(annotations.get("kubernetes.io/service-account.name") == "default")
    return kind in _DERIVED and _made_by_the_controller(metadata)


def _made_by_the_controller(metadata: Mapping[str, Any]) -> bool:
    """Controllers derive these from a Service, and delete them shortly after it."""
    managers = {entry.get("manager") for entry in metadata.get("managedFields") or ()}
    return managers == {_CONTROLLER}
