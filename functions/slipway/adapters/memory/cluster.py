"""In-memory implementation of the cluster port, for rehearsals and fault tests."""

import copy
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from slipway.adapters.kubernetes_inhabitants import foreign, ref_of
from slipway.adapters.memory.deployments import Deployments, Rollouts, is_ready
from slipway.adapters.memory.objects import Object, Objects
from slipway.containerize.labels import WORKFLOW, is_managed
from slipway.containerize.ports import Manifest, ObjectRef, Probe, Rollout
from slipway.saga.errors import Rejected


class World(Protocol):
    """Hooks around every effect, such as `apply deployment:shop/shop`; fault tests raise here."""

    def before(self, effect: str) -> None: ...
    def after(self, effect: str) -> None: ...


class Undisturbed:
    def before(self, effect: str) -> None: ...
    def after(self, effect: str) -> None: ...


def all_succeed(_: Manifest) -> tuple[str, str] | None:
    return None


class MemoryCluster:
    """`rollouts` returns a Deployment's failure (code and message), or None if it succeeds."""

    rehearsal = True

    def __init__(
        self,
        world: World | None = None,
        rollouts: Rollouts = all_succeed,
        answer: Probe = Probe(200, "rehearsal"),  # noqa: B008  (frozen)
    ) -> None:
        self._world = world or Undisturbed()
        self._objects = Objects()
        self._deployments = Deployments(self._objects, rollouts)
        self._answer = answer
        self._guard = threading.RLock()

    def snapshot(self) -> dict[str, Any]:
        """Return every object by name, without fields that differ between equal clusters."""
        with self._guard:
            return self._objects.snapshot()

    def read(self, ref: ObjectRef) -> Manifest | None:
        with self._guard:
            return self._objects.get(ref)

    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        self._check(manifest)
        if dry_run:
            with self._guard:
                return self._objects.merged(manifest)
        ref = ref_of(manifest)
        self._world.before(f"apply {ref}")
        with self._guard:
            stored = copy.deepcopy(self._settled(self._objects.put_applied(manifest)))
        self._world.after(f"apply {ref}")
        return stored

    def replace(self, manifest: Manifest) -> None:
        self._check(manifest)
        ref = ref_of(manifest)
        self._world.before(f"replace {ref}")
        with self._guard:
            self._settled(self._objects.put_back(manifest))
        self._world.after(f"replace {ref}")

    def delete(self, ref: ObjectRef, uid: str | None = None) -> None:
        found = self.read(ref)
        if found is None or (uid and found["metadata"]["uid"] != uid):
            return
        self._world.before(f"delete {ref}")
        with self._guard:
            self._objects.remove(ref)
        self._world.after(f"delete {ref}")

    def made_by(self, workflow_id: str) -> Sequence[ObjectRef]:
        with self._guard:
            return [
                ref_of(found)
                for found in self._objects
                if (found["metadata"].get("labels") or {}).get(WORKFLOW) == workflow_id
            ]

    def managed(self) -> Sequence[Manifest]:
        with self._guard:
            found = [f for f in self._objects if is_managed(f["metadata"].get("labels") or {})]
            return copy.deepcopy(found)

    def inhabitants(self, namespace: str) -> Sequence[ObjectRef]:
        with self._guard:
            return foreign(self._within(namespace))

    def rollout(self, deployment: ObjectRef, since: str | None = None) -> Rollout:  # noqa: ARG002  (no conditions of earlier revisions here)
        with self._guard:
            return self._deployments.rollout(deployment)

    def probe(self, namespace: str, service: str, port: int, path: str) -> Probe:  # noqa: ARG002  (every path responds)
        found = self.read(ObjectRef("v1", "Service", service, namespace))
        if found is None or port not in {p["port"] for p in found["spec"]["ports"]}:
            return Probe(None)
        pods = self._pods(namespace, found["spec"]["selector"])
        return self._answer if any(map(is_ready, pods)) else Probe(None)

    def pod_report(self, namespace: str, labels: Mapping[str, str]) -> Sequence[str]:
        return [
            f"pod {pod['metadata']['name']}: {'ready' if is_ready(pod) else 'not ready'}"
            for pod in self._pods(namespace, labels)
        ]

    def _pods(self, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        with self._guard:
            pods = [found for found in self._within(namespace) if found["kind"] == "Pod"]
        return [pod for pod in pods if labels.items() <= pod["metadata"]["labels"].items()]

    def _within(self, namespace: str) -> list[Object]:
        return [found for found in self._objects if found["metadata"].get("namespace") == namespace]

    def _check(self, manifest: Manifest) -> None:
        namespace, present = manifest["metadata"].get("namespace"), self.read(ref_of(manifest))
        if namespace and self.read(ObjectRef("v1", "Namespace", namespace)) is None:
            raise Rejected("manifest_refused", f'namespaces "{namespace}" not found')
        if (
            present
            and manifest["kind"] == "Deployment"
            and _selector(present) != _selector(manifest)
        ):
            raise Rejected("manifest_refused", "spec.selector of a Deployment is immutable")
        if present and present.get("immutable") and present.get("data") != manifest.get("data"):
            raise Rejected("manifest_refused", "data is immutable when `immutable` is set")

    def _settled(self, stored: Object) -> Object:
        if stored["kind"] == "Deployment":
            self._deployments.settle(stored)
        return stored


def _selector(deployment: Manifest) -> Any:
    return deployment["spec"]["selector"]
