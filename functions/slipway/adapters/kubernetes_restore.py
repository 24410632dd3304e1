"""Request bodies that restore an object to its former content."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.containerize.labels import MANAGER

_GIVEN_BY_THE_SERVER = {
    "managedFields",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
}
_ADDRESSES = {"clusterIP", "clusterIPs"}


def content(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object without server-set fields, to create it or to replace the present one."""
    metadata = {k: v for k, v in manifest["metadata"].items() if k not in _GIVEN_BY_THE_SERVER}
    body = {k: v for k, v in manifest.items() if k not in {"status", "metadata"}}
    return {**body, "metadata": metadata}


def over(present: Mapping[str, Any], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a PUT that succeeds only while `present` is the latest version."""
    body = content(manifest)
    kept = {key: present["metadata"][key] for key in ("resourceVersion", "uid")}
    return {**body, "metadata": {**body["metadata"], **kept}}


def without_addresses(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """For a Service whose cluster IP has since been allocated to another one."""
    spec = {k: v for k, v in (manifest.get("spec") or {}).items() if k not in _ADDRESSES}
    return {**manifest, "spec": spec}


def as_applied(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a PUT that makes our fields owned by a server-side apply.

    Otherwise no later apply would remove the fields that a PUT set: it removes only fields that an
    earlier apply owned.
    """
    metadata = stored["metadata"]
    managed = _owned_by_apply(metadata.get("managedFields") or ())
    return {**stored, "metadata": {**metadata, "managedFields": managed}}


def _owned_by_apply(managed: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    ours = [e for e in managed if e.get("manager") == MANAGER and not e.get("subresource")]
    if not ours:
        return list(managed)
    fields: dict[str, Any] = {}
    for entry in ours:
        fields = _union(fields, entry.get("fieldsV1") or {})
    others = [entry for entry in managed if entry not in ours]
    return [*others, {**ours[-1], "operation": "Apply", "fieldsV1": fields}]


def _union(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _union(one[key], other[key]) for key in one.keys() & other.keys()}
    return {**one, **other, **both}
