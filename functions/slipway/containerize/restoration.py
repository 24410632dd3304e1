"""Remember how the cluster was, and put it back: restore what existed, delete what we made."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import Cluster, Manifest, ObjectRef
from slipway.fingerprint import fingerprint

Note = Mapping[str, Any]
"""`{"ref": {...}, "existed": bool, "before": manifest or None}`; JSON, part of a step's intent.

Where `before` would hold secrets, it is None, and `kept` says where it lies and what it is like.
"""
Found = Mapping[ObjectRef, Manifest | None]
"""What the cluster held when it was asked."""

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
    """Secrets are never copied, namespaces never changed: of both only the existence is noted."""
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
    """What does not carry our label was never touched by us, or is somebody else's again."""
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
    """Enough to tell later whether an object is as it was, and nothing of what it holds."""
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
        if key != "deployment.kubernetes.io/revision"  # the controller counts on, also backwards
    }
    content = {k: v for k, v in manifest.items() if k not in _NOT_CONTENT}
    return {**content, "labels": labelled["labels"], "annotations": annotations}
