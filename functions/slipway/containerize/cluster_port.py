"""The port to Kubernetes. A real and an in-memory adapter implement it.

Methods raise only `Rejected` or `Unavailable`, unless documented otherwise. Deleting an object that
does not exist succeeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Manifest = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class ObjectRef:
    """`namespace` is None for a cluster-wide object."""

    api_version: str
    kind: str
    name: str
    namespace: str | None = None

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind.lower()}:{place}{self.name}"


@dataclass(frozen=True)
class Rollout:
    """`done`: only pods of the newest generation remain and every replica is available.

    `failure`, an error code and a sentence, is set once waiting longer cannot help.
    """

    done: bool
    ready: int
    wanted: int
    failure: tuple[str, str] | None = None


@dataclass(frozen=True)
class Probe:
    """`status` is the HTTP status, None without a response. `body` is truncated to 2 KB."""

    status: int | None
    body: str = ""


class Cluster(Protocol):
    """A Kubernetes API server. Objects are plain dicts, as in their manifests."""

    rehearsal: bool

    def read(self, ref: ObjectRef) -> Manifest | None: ...
    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Server-side apply as field manager `slipway`, forced; return the stored object."""
        ...

    def replace(self, manifest: Manifest) -> None:
        """Restore an object as it was read earlier: its spec or data, labels and annotations.

        Creates it again if it was deleted since.
        """
        ...

    def delete(self, ref: ObjectRef, uid: str | None = None) -> None:
        """Delete in the foreground and wait until it is gone. `uid` restricts to that object."""
        ...

    def made_by(self, workflow_id: str) -> Sequence[ObjectRef]:
        """Return all objects with the workflow's label, of every kind Slipway creates, and pods."""
        ...

    def managed(self) -> Sequence[Manifest]:
        """Return kind and metadata of all labelled objects, of every workflow and installation."""
        ...

    def inhabitants(self, namespace: str) -> Sequence[ObjectRef]:
        """Return a namespace's objects, except those that Kubernetes puts into every namespace."""
        ...

    def rollout(self, deployment: ObjectRef, since: str | None = None) -> Rollout:
        """`since`: the Progressing condition's lastUpdateTime read before the apply, if any."""
        ...

    def probe(self, namespace: str, service: str, port: int, path: str) -> Probe:
        """One GET through the API server's service proxy."""
        ...

    def pod_report(self, namespace: str, labels: Mapping[str, str]) -> Sequence[str]:
        """Return human-readable lines: why pods are not ready, restarts, the tails of logs."""
        ...
