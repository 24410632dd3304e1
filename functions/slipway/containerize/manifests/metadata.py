"""Names, labels and selectors that all objects of a service share."""

from collections.abc import Mapping
from typing import Any

from slipway.containerize.labels import APP, MANAGER, labels_of
from slipway.containerize.manifests.spec import ServiceSpec

_NAME = "app.kubernetes.io/name"
_DIGEST_CHARACTERS = 12


def labels(spec: ServiceSpec) -> dict[str, str]:
    digest = spec.image.rpartition(":")[2]
    return {
        _NAME: spec.name,
        "app.kubernetes.io/instance": spec.name,
        "app.kubernetes.io/version": digest[:_DIGEST_CHARACTERS],
        "app.kubernetes.io/managed-by": MANAGER,
        **labels_of(spec.workflow_id, spec.name, spec.instance),
    }


def selector(spec: ServiceSpec) -> dict[str, str]:
    """Only labels that every version of the app has: a Deployment's selector never changes."""
    return {_NAME: spec.name, APP: spec.name}


def an_object(api_version: str, kind: str, of: ServiceSpec, /, **body: Any) -> dict[str, Any]:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": of.name, "namespace": of.namespace, "labels": labels(of)},
        **body,
    }


def cluster_wide(kind: str, name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "labels": dict(labels)}}
