"""Ownership check of cluster objects: those of others are changed only with `adopt`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from slipway.containerize.labels import APP, MANAGED_BY, MANAGER
from slipway.containerize.ports import Cluster, Manifest, ObjectRef
from slipway.containerize.restoration import Found, Note, made_by, read_all
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.errors import Rejected


@dataclass(frozen=True)
class Claim:
    """What a workflow may change: its app's own objects; with `adopt` also those of others.

    An existing namespace is used and never changed, so it is never refused.
    """

    workflow_id: str
    app: str
    adopt: bool

    @classmethod
    def of(cls, workflow_id: str, request: ContainerizeRequest) -> Self:
        return cls(workflow_id, request.app.name, request.options.adopt)

    def check(self, found: Found) -> None:
        """Raise Rejected("not_ours"), naming every object that may not be changed."""
        _refuse(ref for ref, now in found.items() if now and not self._may_change(ref, now))

    def check_again(self, cluster: Cluster, notes: Sequence[Note]) -> Found:
        """Check again before applying: what others created since the notes cannot be restored.

        Returns the current objects. Raises as `check` does.
        """
        new = {ObjectRef(**note["ref"]) for note in notes if not note["existed"]}
        found = read_all(cluster, (ObjectRef(**note["ref"]) for note in notes))
        _refuse(
            ref
            for ref, now in found.items()
            if now
            and not made_by(self.workflow_id, now)
            and not (self._may_change(ref, now) if ref not in new else ref.kind == "Namespace")
        )
        return found

    def _may_change(self, ref: ObjectRef, now: Manifest) -> bool:
        return self.adopt or ref.kind == "Namespace" or _belongs_to(self.app, now)


def _belongs_to(app: str, manifest: Manifest) -> bool:
    labels = manifest["metadata"].get("labels") or {}
    return labels.get(MANAGED_BY) == MANAGER and labels.get(APP) == app


def _refuse(foreign: Iterable[ObjectRef]) -> None:
    named = [f"{ref.kind} {ref.namespace}/{ref.name}" for ref in foreign]
    if named:
        raise Rejected(
            "not_ours",
            f"these objects already exist and belong to another owner: {', '.join(named)}",
            fix="choose another name or namespace, or take over the existing objects: --adopt"
            " (options.adopt)",
        )
