"""The cluster port over a Kubernetes API server: plain dicts, server-side apply, no retries."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from slipway.adapters import kubernetes_inhabitants, kubernetes_pods, kubernetes_rollout
from slipway.adapters import kubernetes_restore as restore
from slipway.adapters.kubernetes_client import (
    TIMEOUT,
    Answer,
    ApiServer,
    from_kubeconfig,
    refusal,
)
from slipway.adapters.kubernetes_kinds import Kind, Kinds
from slipway.adapters.kubernetes_redaction import without
from slipway.adapters.kubernetes_secrets import known_secrets
from slipway.containerize.labels import MANAGED_BY, MANAGER, WORKFLOW
from slipway.containerize.pod_settings import secrets_of
from slipway.containerize.ports import Manifest, ObjectRef, Probe, Rollout
from slipway.messages.clock import utc_now
from slipway.saga.errors import Rejected, Unavailable

_MADE = (
    ("v1", "Namespace"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("v1", "Secret"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("networking.k8s.io/v1", "Ingress"),
    ("policy/v1", "PodDisruptionBudget"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
)
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_APPLY = "application/apply-patch+yaml"
_NOT_FOUND, _CONFLICT, _UNPROCESSABLE = 404, 409, 422
_GONE_WITHIN_S, _NAMESPACE_GONE_WITHIN_S = 90.0, 240.0
_POLL_S = 0.2
_PROBE_S = 10.0
_PROBE_BYTES = 2048
_REPLACE_TRIES = 5


class KubernetesCluster:
    rehearsal = False

    def __init__(self, api: ApiServer, pause: Callable[[float], None] = time.sleep) -> None:
        self._api = api
        self._kinds = Kinds(api)
        self._pause = pause

    @classmethod
    def at(cls, kubeconfig: str | None = None) -> Self:
        """Raises Rejected("kubeconfig_invalid"). Sends no request yet."""
        return cls(from_kubeconfig(kubeconfig))

    def read(self, ref: ObjectRef) -> Manifest | None:
        path = self._kinds.path(ref)
        return self._at(path) if path else None

    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        query = {"fieldManager": MANAGER, "force": "true", "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        path = self._path_for(manifest)
        answer = self._api.send("PATCH", path, query=query, body=manifest, content_type=_APPLY)
        return self._api.object_in(answer, secrets_of(manifest))

    def replace(self, manifest: Manifest) -> None:
        path = self._path_for(manifest)
        for _ in range(_REPLACE_TRIES):
            present = self._at(path)
            answer = self._put(path, present, manifest) if present else self._create(path, manifest)
            if answer.ok:
                self._count_as_applied(path, answer.json())
                return
            if answer.status not in {
                _CONFLICT,
                _NOT_FOUND,
            }:  # these two: it was changed concurrently, so read again
                break
        raise refusal(answer, secrets_of(manifest))

    def delete(self, ref: ObjectRef, uid: str | None = None) -> None:
        path = self._kinds.path(ref)
        if path is None:
            return
        body: dict[str, Any] = {"propagationPolicy": "Foreground"}
        if uid:
            body["preconditions"] = {"uid": uid}
        answer = self._api.send("DELETE", path, body=body)
        if answer.status == _NOT_FOUND:
            return
        if not answer.ok and answer.status != _CONFLICT:  # 409: a terminating namespace
            raise refusal(answer)
        self._await_gone(ref, path, uid)

    def made_by(self, workflow_id: str) -> Sequence[ObjectRef]:
        found = self._selected(f"{WORKFLOW}={workflow_id}")
        return [kubernetes_inhabitants.ref_of(entry) for entry in found]

    def managed(self) -> Sequence[Manifest]:
        return self._selected(f"{MANAGED_BY}={MANAGER},{WORKFLOW}")

    def inhabitants(self, namespace: str) -> Sequence[ObjectRef]:
        found = (e for kind in self._kinds.inhabiting() for e in self._listed(kind, namespace))
        return kubernetes_inhabitants.foreign(found)

    def rollout(self, deployment: ObjectRef, since: str | None = None) -> Rollout:
        found = self.read(deployment)
        if found is None:
            gone = ("rollout_failed", f"the deployment {deployment.name} no longer exists")
            return Rollout(done=False, ready=0, wanted=0, failure=gone)
        namespace, labels = deployment.namespace or "", found["spec"]["selector"]["matchLabels"]
        sets = (
            self._api.call("GET", f"/apis/apps/v1/namespaces/{namespace}/replicasets")["items"]
            or ()
        )
        pods = kubernetes_pods.pods_of(self._api, namespace, labels)
        now = utc_now()
        rollout = kubernetes_rollout.judge(found, sets, pods, since=since, now=now)
        if rollout.failure is None:
            return rollout
        code, why = rollout.failure
        return replace(
            rollout, failure=(code, without(why, known_secrets(self._api, found).secrets))
        )

    def probe(self, namespace: str, service: str, port: int, path: str) -> Probe:
        place = f"/api/v1/namespaces/{namespace}/services/http:{service}:{port}/proxy"
        try:
            answer = self._api.send(
                "GET",
                place + "/" + path.lstrip("/"),
                accept="*/*",
                limit_bytes=_PROBE_BYTES,
                within_s=_PROBE_S,
            )
        except Unavailable as error:
            if error.code != TIMEOUT:
                raise
            return Probe(None)
        return _judged(answer)

    def pod_report(self, namespace: str, labels: Mapping[str, str]) -> Sequence[str]:
        return list(kubernetes_pods.report(self._api, namespace, labels))

    def _selected(self, selector: str) -> list[dict[str, Any]]:
        kinds = filter(None, (self._kinds.find(*made) for made in _MADE))
        query = {"labelSelector": selector}
        return [entry for kind in kinds for entry in self._listed(kind, None, query)]

    def _path_for(self, manifest: Manifest) -> str:
        path = self._kinds.path(kubernetes_inhabitants.ref_of(manifest))
        if path is None:
            kind = f"{manifest['kind']} in {manifest['apiVersion']}"
            raise Rejected("manifest_refused", f"the cluster does not serve {kind}")
        return path

    def _at(self, path: str) -> dict[str, Any] | None:
        answer = self._api.send("GET", path)
        if answer.status == _NOT_FOUND:
            return None
        if not answer.ok:
            raise refusal(answer)
        return answer.json()

    def _put(self, path: str, present: Manifest, manifest: Manifest) -> Answer:
        body = restore.over(present, manifest)
        return self._api.send("PUT", path, query={"fieldManager": MANAGER}, body=body)

    def _create(self, path: str, manifest: Manifest) -> Answer:
        where, body = path.rpartition("/")[0], restore.content(manifest)
        query = {"fieldManager": MANAGER}
        answer = self._api.send("POST", where, query=query, body=body)
        if answer.status == _UNPROCESSABLE and manifest["kind"] == "Service":
            body = restore.without_addresses(body)
            answer = self._api.send("POST", where, query=query, body=body)
        return answer

    def _count_as_applied(self, path: str, stored: Manifest) -> None:
        """Own the fields as an apply would; retry when a controller wrote concurrently."""
        for _ in range(_REPLACE_TRIES):
            answer = self._api.send(
                "PUT", path, query={"fieldManager": MANAGER}, body=restore.as_applied(stored)
            )
            if answer.ok or answer.status == _NOT_FOUND:
                return
            present = self._at(path) if answer.status == _CONFLICT else None
            if present is None:
                break
            stored = present
        raise refusal(answer, secrets_of(stored))

    def _await_gone(self, ref: ObjectRef, path: str, uid: str | None) -> None:
        within_s = _NAMESPACE_GONE_WITHIN_S if ref.kind == "Namespace" else _GONE_WITHIN_S
        deadline = time.monotonic() + within_s
        while (present := self._at(path)) is not None:
            uid = uid or present["metadata"]["uid"]
            if present["metadata"]["uid"] != uid:
                return
            if time.monotonic() > deadline:
                raise Unavailable(
                    "still_deleting",
                    f"{ref} was not deleted within {within_s:.0f} s",
                    fix="check its metadata for finalizers that are not removed",
                )
            self._pause(_POLL_S)

    def _listed(
        self, kind: Kind, namespace: str | None, query: Mapping[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        listed = self._api.call("GET", kind.path(namespace), query=query, accept=_METADATA)
        for entry in listed["items"] or ():
            yield {**entry, "apiVersion": kind.api_version, "kind": kind.name}


def _judged(answer: Answer) -> Probe:
    """The API server returns a Status of its own when its proxy reached no pod."""
    status = answer.json()
    if status.get("kind") != "Status" or status.get("apiVersion") != "v1" or answer.ok:
        return Probe(answer.status, answer.body.decode(errors="replace"))
    if answer.status in {401, 403, 429}:
        raise refusal(answer)
    return Probe(None)
