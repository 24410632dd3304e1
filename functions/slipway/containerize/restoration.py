"""Undo of cluster changes: restores objects noted before the change and deletes new ones."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import Cluster, Manifest, ObjectRef
from slipway.fingerprint import fingerprint

Note = Mapping[str, Any]
"""`{"ref": {...}, "existed": bool, "before": manifest or None}`; JSON, part of a step's intent.

If `before` would hold secrets, it is None; `kept` then has the snapshot's key and fingerprint.
"""
Found = Mapping[ObjectRef, Manifest | None]
"""The objects as read from the cluster; None for one that did not exist."""

_OURS_TO_COMPARE = ("labels", "annotations")
_NOT_CONTENT = {"apiVersion", "kind", "metadata", "status"}
_VOLATILE_METADATA = {
    "managedFields",
    "resourceVersion",
    "uid",
    "creationTimestamp",
    "generation",
    "selfLink",
}
_NEVER_COPIED = {"Secret", "Namespace"}


def ref_of(manifest: Manifest) -> ObjectRef:
    metadata = manifest["metadata"]
    return ObjectRef(
        manifest["apiVersion"], manifest["kind"], metadata["name"], metadata.get("namespace")
    )


def read_all(cluster: Cluster, refs: Iterable[ObjectRef]) -> Found:
    return {ref: cluster.read(ref) for ref in refs}


def note_before(found: Found) -> list[Note]:
    """Note objects before a change; of Secrets and namespaces only whether they existed."""
    notes: list[Note] = []
    for ref, now in found.items():
        before = _content(now) if now is not None and ref.kind not in _NEVER_COPIED else None
        notes.append({"ref": asdict(ref), "existed": now is not None, "before": before})
    return notes


def resources(notes: Sequence[Note], *, existed: bool) -> tuple[str, ...]:
    return tuple(str(ObjectRef(**n["ref"])) for n in notes if n["existed"] is existed)


def in_the_note(note: Note) -> Manifest | None:
    before: Manifest | None = note["before"]
    return before


def put_back(
    cluster: Cluster,
    workflow_id: str,
    notes: Sequence[Note],
    before_of: Callable[[Note], Manifest | None] = in_the_note,
) -> None:
    """Skip objects without our label: we never changed them, or someone else has since."""
    for note in reversed(notes):
        ref, before = ObjectRef(**note["ref"]), before_of(note)
        now = cluster.read(ref)
        if before is not None:
            if now is None or made_by(workflow_id, now):
                cluster.replace(before)
        elif now is not None and not note["existed"] and made_by(workflow_id, now):
            cluster.delete(ref, uid=now["metadata"]["uid"])


def made_by(workflow_id: str, manifest: Manifest) -> bool:
    labels = manifest["metadata"].get("labels") or {}
    return bool(labels.get(WORKFLOW) == workflow_id)


def is_restored(before: Manifest, now: Manifest | None) -> bool:
    return now is not None and _comparable(before) == _comparable(now)


def likeness(manifest: Manifest, salt: str) -> dict[str, str]:
    """Return a salted fingerprint, to detect a change later without storing the content."""
    text = json.dumps(_comparable(manifest), sort_keys=True)
    return {"salt": salt, "print": fingerprint(text, salt)}


def is_like(before: Mapping[str, str], now: Manifest | None) -> bool:
    return now is not None and likeness(now, before["salt"]) == before


def _content(manifest: Manifest) -> dict[str, Any]:
    metadata = {k: v for k, v in manifest["metadata"].items() if k not in _VOLATILE_METADATA}
    kept = {k: v for k, v in manifest.items() if k not in {"metadata", "status"}}
    return {**kept, "metadata": metadata}


def _comparable(manifest: Manifest) -> dict[str, Any]:
    metadata = manifest["metadata"]
    labelled = {key: metadata.get(key) or {} for key in _OURS_TO_COMPARE}
    annotations = {
        key: value
        for key, value in labelled["annotations"].items()
        if key != "deployment.kubernetes.io/revision"  # incremented even by a rollback
    }
    content = {k: v for k, v in manifest.items() if k not in _NOT_CONTENT}
    return {**content, "labels": labelled["labels"], "annotations": annotations}
