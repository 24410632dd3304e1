"""What the steps need from a cluster. The adapter and the stand-in implement it.

Every method raises `Rejected` or `Unavailable` and nothing else, unless it says so. To delete what
is not there is a success.
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
    """`done`: the newest generation is all there is and every replica is available.

    `failure` is set once it cannot succeed by waiting: `code`, one sentence, in that order.
    """

    done: bool
    ready: int
    wanted: int
    failure: tuple[str, str] | None = None


@dataclass(frozen=True)
class Probe:
    """`status` is the HTTP status, None when nobody answered. `body` is cut at 2 KB."""

    status: int | None
    body: str = ""


class Cluster(Protocol):
    """A Kubernetes API server. Objects are plain dicts, as in their manifests."""

    rehearsal: bool

    def read(self, ref: ObjectRef) -> Manifest | None: ...
    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Server-side apply as `slipway`, forced; answers the object as stored."""
        ...

    def replace(self, manifest: Manifest) -> None:
        """Put back an object as it was read earlier: its spec or data, labels and annotations.

        One that is gone meanwhile is created again.
        """
        ...

    def delete(self, ref: ObjectRef, uid: str | None = None) -> None:
        """In the foreground, until it is gone. With `uid` only that very object."""
        ...

    def made_by(self, workflow_id: str) -> Sequence[ObjectRef]:
        """Every object with the workflow's label, of every kind that Slipway makes, pods too."""
        ...

    def managed(self) -> Sequence[Manifest]:
        """Kind and metadata of every object of every workflow of every Slipway, by label."""
        ...

    def inhabitants(self, namespace: str) -> Sequence[ObjectRef]:
        """What lives in a namespace besides what Kubernetes puts into every one."""
        ...

    def rollout(self, deployment: ObjectRef, since: str | None = None) -> Rollout:
        """`since`: the Progressing condition's lastUpdateTime read before the apply, if any."""
        ...

    def probe(self, namespace: str, service: str, port: int, path: str) -> Probe:
        """One GET through the API server's service proxy."""
        ...

    def pod_report(self, namespace: str, labels: Mapping[str, str]) -> Sequence[str]:
        """Lines for people: why pods are not ready, restarts, the ends of their logs."""
        ...
