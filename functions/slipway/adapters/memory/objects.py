"""The objects of the in-memory cluster: uids, generations, and server-side apply."""

import copy
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from slipway.adapters.kubernetes_inhabitants import ref_of
from slipway.adapters.kubernetes_restore import content
from slipway.containerize.ports import ObjectRef
from slipway.messages.clock import utc_now

Object = dict[str, Any]
_REVISION = "deployment.kubernetes.io/revision"


class Objects:
    def __init__(self) -> None:
        self._stored: dict[ObjectRef, Object] = {}
        self._applied: dict[ObjectRef, Object] = {}
        self._counter = itertools.count(1)

    def __iter__(self) -> Iterator[Object]:
        return iter(list(self._stored.values()))

    def get(self, ref: ObjectRef) -> Object | None:
        return copy.deepcopy(self._stored.get(ref))

    def merged(self, manifest: Mapping[str, Any]) -> Object:
        """Return what an apply would store.

        Fields that the last apply set and this one omits are removed. Lists are replaced as a
        whole.
        """
        ref = ref_of(manifest)
        present = content(self._stored[ref]) if ref in self._stored else {}
        return _merge(_without(present, self._applied.get(ref, {}), manifest), manifest)

    def put_applied(self, manifest: Mapping[str, Any]) -> Object:
        stored = self.put(self.merged(manifest))
        self._applied[ref_of(manifest)] = copy.deepcopy(dict(manifest))
        return stored

    def put_back(self, manifest: Mapping[str, Any]) -> Object:
        """Count the fields as applied, so that a later apply may remove them."""
        stored = self.put(manifest)
        self._applied[ref_of(manifest)] = copy.deepcopy(content(manifest))
        return stored

    def put(self, manifest: Mapping[str, Any]) -> Object:
        """Store a whole object; one that is unchanged keeps its generation and version."""
        ref, body = ref_of(manifest), copy.deepcopy(content(manifest))
        present = self._stored.get(ref)
        if present is not None and content(present) == body:
            return present
        before = present["metadata"] if present else self._birth()
        changed = present is None or present.get("spec") != body.get("spec")
        body["metadata"] |= {
            "uid": before["uid"],
            "creationTimestamp": before["creationTimestamp"],
            "generation": before["generation"] + changed,
            "resourceVersion": str(next(self._counter)),
        }
        if present and "status" in present:
            body["status"] = present["status"]
        self._stored[ref] = body
        return body

    def remove(self, ref: ObjectRef) -> None:
        """Remove an object with everything it owns or, for a namespace, contains."""
        gone = self._stored.pop(ref, None)
        self._applied.pop(ref, None)
        if gone is None:
            return
        for other in [ref_of(found) for found in self if _belongs(found, gone)]:
            self.remove(other)

    def snapshot(self) -> dict[str, Any]:
        return {str(ref_of(found)): _comparable(found) for found in self}

    def _birth(self) -> dict[str, Any]:
        uid = f"00000000-0000-4000-8000-{next(self._counter):012x}"
        return {"uid": uid, "creationTimestamp": stamped(), "generation": 0}


def _belongs(found: Object, to: Object) -> bool:
    metadata = found["metadata"]
    if to["kind"] == "Namespace" and metadata.get("namespace") == to["metadata"]["name"]:
        return True
    owners = metadata.get("ownerReferences", ())
    return any(owner["uid"] == to["metadata"]["uid"] for owner in owners)


def _without(
    present: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]
) -> Object:
    kept = {key: value for key, value in present.items() if key in now or key not in before}
    for key in kept.keys() & before.keys():
        if all(isinstance(part.get(key), Mapping) for part in (kept, before, now)):
            kept[key] = _without(kept[key], before[key], now[key])
    return kept


def _merge(present: Mapping[str, Any], given: Mapping[str, Any]) -> Object:
    merged = copy.deepcopy(dict(present))
    for key, value in given.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merge(merged[key], value) if both else copy.deepcopy(value)
    return merged


def stamped() -> str:
    """Return the current time in the API server's format."""
    return utc_now().isoformat(timespec="seconds").replace("+00:00", "Z")


def _comparable(found: Object) -> Object:
    body = copy.deepcopy(content(found))
    body["metadata"].pop("ownerReferences", None)
    (body["metadata"].get("annotations") or {}).pop(_REVISION, None)
    if not body["metadata"].get("annotations"):
        body["metadata"].pop("annotations", None)
    return body
