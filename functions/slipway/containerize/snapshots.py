"""Snapshots of cluster objects that may hold secrets, for the undo to restore.

They are stored in the workspace, so that no secret is written to the table.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence

from slipway.containerize.labels import MANAGED_BY, MANAGER
from slipway.containerize.pod_settings import secrets_of
from slipway.containerize.ports import Manifest, Workspace
from slipway.containerize.restoration import Found, Note, in_the_note, likeness, note_before
from slipway.containerize.workspace_keys import snapshot_key

_CACHE_SIZE = 64
_WITH_PODS = {"Deployment"}


class SnapshotStore:
    """Stores snapshots under the workflow's `private/` prefix until it is undone and settled.

    Caches what this process has read: a late attempt that still runs after the undo, when the
    stored snapshots were already deleted, can restore from the cache.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._cached: OrderedDict[str, Manifest] = OrderedDict()

    def note_before(self, workflow_id: str, found: Found) -> list[Note]:
        """Like `restoration.note_before`; objects that may hold secrets go to the workspace."""
        return [
            self._kept(workflow_id, note, now) if now and _may_hold_secrets(now) else note
            for note, now in zip(note_before(found), found.values(), strict=True)
        ]

    def recall(self, notes: Sequence[Note]) -> None:
        """Load the snapshots into the cache. Raises Rejected("no_such_object") after the undo."""
        for note in notes:
            self.before(note)

    def before(self, note: Note) -> Manifest | None:
        if not (kept := note.get("kept")):
            return in_the_note(note)
        key = kept["key"]
        return self._cached.get(key) or self._cache(key, self._workspace.get(key))

    def _cache(self, key: str, body: bytes) -> Manifest:
        before: Manifest = json.loads(body)
        self._cached[key] = before
        if len(self._cached) > _CACHE_SIZE:
            self._cached.popitem(last=False)
        return before

    def _kept(self, workflow_id: str, note: Note, now: Manifest) -> Note:
        """The key contains uid and resourceVersion: a later snapshot overwrites no earlier one."""
        metadata = now["metadata"]
        name = f"{now['kind'].lower()}-{metadata['uid']}-{metadata['resourceVersion']}"
        key = snapshot_key(workflow_id, f"{name}.json")
        before = in_the_note(note)
        if before is None:
            return note
        body = json.dumps(before).encode()
        self._workspace.put(key, body, "application/json")
        self._cache(key, body)
        return {**note, "before": None, "kept": {"key": key, "likeness": likeness(before, key)}}


def _may_hold_secrets(manifest: Manifest) -> bool:
    """Deployments of other tools may hold secrets anywhere, such as arguments or annotations."""
    labels = manifest["metadata"].get("labels") or {}
    own = labels.get(MANAGED_BY) == MANAGER
    return manifest["kind"] in _WITH_PODS and (not own or bool(secrets_of(manifest)))
