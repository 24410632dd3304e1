"""In-memory Deployment controller: creates ReplicaSets and pods, or fails the rollout."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from slipway.adapters.kubernetes_inhabitants import ref_of
from slipway.adapters.memory.objects import Object, Objects, stamped
from slipway.containerize.ports import Manifest, ObjectRef, Rollout

Failure = tuple[str, str]
Rollouts = Callable[[Manifest], Failure | None]
_HASH_CHARACTERS = 10


class Deployments:
    """As in a cluster, a failed version leaves its ReplicaSet, and the old pods keep serving."""

    def __init__(self, objects: Objects, rollouts: Rollouts) -> None:
        self._objects, self._rollouts = objects, rollouts
        self._failures: dict[str, Failure | None] = {}

    def settle(self, deployment: Object) -> None:
        failure = self._rollouts(deployment)
        self._failures[deployment["metadata"]["uid"]] = failure
        newest = self._replica_set(deployment)
        for other in self._owned(deployment, "ReplicaSet"):
            is_newest = other["metadata"]["name"] == newest["metadata"]["name"]
            if is_newest or failure is None:
                self._scale(other, deployment["spec"].get("replicas", 1) if is_newest else 0)
        self._mark_pods(newest, ready=failure is None)
        deployment["status"] = _status(deployment, failure)

    def rollout(self, ref: ObjectRef) -> Rollout:
        found = self._objects.get(ref)
        if found is None:
            gone = ("rollout_failed", f"the deployment {ref.name} no longer exists")
            return Rollout(done=False, ready=0, wanted=0, failure=gone)
        failure = self._failures.get(found["metadata"]["uid"])
        wanted = found["spec"].get("replicas", 1)
        ready = 0 if failure else wanted
        return Rollout(done=failure is None, ready=ready, wanted=wanted, failure=failure)

    def _replica_set(self, deployment: Object) -> Object:
        template = deployment["spec"]["template"]
        text = json.dumps(template, sort_keys=True).encode()
        metadata = deployment["metadata"]
        name = f"{metadata['name']}-{hashlib.sha256(text).hexdigest()[:_HASH_CHARACTERS]}"
        ref = ObjectRef("apps/v1", "ReplicaSet", name, metadata["namespace"])
        spec = {"selector": deployment["spec"]["selector"], "template": template, "replicas": 0}
        wanted = _owned(ref, deployment, template["metadata"]["labels"], spec)
        return self._objects.get(ref) or self._objects.put(wanted)

    def _scale(self, replica_set: Object, replicas: int) -> None:
        """Pods are numbered, so that equal clusters have equal names."""
        metadata, spec = replica_set["metadata"], replica_set["spec"]
        self._objects.put({**replica_set, "spec": {**spec, "replicas": replicas}})
        wanted = {f"{metadata['name']}-{number}" for number in range(replicas)}
        for pod in self._owned(replica_set, "Pod"):
            if pod["metadata"]["name"] not in wanted:
                self._objects.remove(ref_of(pod))
        for name in sorted(wanted):
            ref = ObjectRef("v1", "Pod", name, metadata["namespace"])
            labels = spec["template"]["metadata"]["labels"]
            self._objects.put(_owned(ref, replica_set, labels, spec["template"]["spec"]))

    def _mark_pods(self, replica_set: Object, *, ready: bool) -> None:
        for pod in self._owned(replica_set, "Pod"):
            conditions = [{"type": "Ready", "status": str(ready)}]
            pod["status"] = {"phase": "Running", "conditions": conditions}

    def _owned(self, owner: Object, kind: str) -> list[Object]:
        uid = owner["metadata"]["uid"]
        return [
            found
            for found in self._objects
            if found["kind"] == kind
            and any(o["uid"] == uid for o in found["metadata"].get("ownerReferences", ()))
        ]


def is_ready(pod: Manifest) -> bool:
    conditions = pod.get("status", {}).get("conditions", ())
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _owned(
    ref: ObjectRef, owner: Object, labels: Mapping[str, str], spec: Mapping[str, Any]
) -> Object:
    reference = {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
    }
    metadata = {
        "name": ref.name,
        "namespace": ref.namespace,
        "labels": dict(labels),
        "ownerReferences": [reference],
    }
    return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": metadata, "spec": spec}


def _status(deployment: Object, failure: Failure | None) -> Object:
    wanted = deployment["spec"].get("replicas", 1)
    reason = "ProgressDeadlineExceeded" if failure else "NewReplicaSetAvailable"
    now = stamped()
    progress = {
        "type": "Progressing",
        "status": str(failure is None),
        "reason": reason,
        "lastUpdateTime": now,
    }
    return {
        "observedGeneration": deployment["metadata"]["generation"],
        "replicas": wanted,
        "updatedReplicas": wanted,
        "readyReplicas": 0 if failure else wanted,
        "availableReplicas": 0 if failure else wanted,
        "conditions": [progress],
    }
