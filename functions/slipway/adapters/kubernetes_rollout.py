"""Judge the state of a rollout from a Deployment, its ReplicaSets and its pods."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slipway.containerize.ports import Rollout

Object = Mapping[str, Any]
_REVISION = "deployment.kubernetes.io/revision"
_RESTARTS_UNTIL_HOPELESS = 2
_PATIENCE_S = 15
"""A registry or a kubelet's cache may fail once; a failure that lasts longer is not transient."""
_PULL_FAILURES = {"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull"}
_REFUSALS = {"CreateContainerConfigError", "CreateContainerError"}


def judge(
    deployment: Object,
    replica_sets: Iterable[Object],
    pods: Sequence[Object],
    *,
    since: str | None,
    now: datetime,
) -> Rollout:
    """Report no result yet for a generation that the controller has not observed."""
    status, wanted = deployment.get("status") or {}, deployment["spec"].get("replicas", 1)
    newest = _newest(deployment, replica_sets)
    seen = status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    if newest is None or not seen:
        return Rollout(done=False, ready=0, wanted=wanted)
    counts = ("replicas", "updatedReplicas", "availableReplicas", "readyReplicas")
    done = all(status.get(count, 0) == wanted for count in counts)
    ready = (newest.get("status") or {}).get("readyReplicas", 0)
    own = [pod for pod in pods if _owner(pod) == newest["metadata"]["uid"]]
    failure = None if done else _failure(deployment, newest, own, since, now)
    return Rollout(done=done, ready=ready, wanted=wanted, failure=failure)


def _failure(
    deployment: Object, newest: Object, pods: Sequence[Object], since: str | None, now: datetime
) -> tuple[str, str] | None:
    refused = _condition(newest, "ReplicaFailure")
    if refused and refused["status"] == "True":
        return "pod_refused", f"the cluster rejects the pods: {refused.get('message', '')}"
    for pod in pods:
        for container in _containers(pod):
            if failure := _container_failure(pod, container, now):
                return failure
    return _deadline_exceeded(deployment, pods, since)


def _container_failure(pod: Object, container: Object, now: datetime) -> tuple[str, str] | None:
    waiting = (container.get("state") or {}).get("waiting") or {}
    reason, message = waiting.get("reason"), waiting.get("message", "")
    name = pod["metadata"]["name"]
    restarts = container.get("restartCount", 0)
    if reason == "CrashLoopBackOff" and restarts >= _RESTARTS_UNTIL_HOPELESS:
        how = _ending(container)
        return "crash_loop", f"the application keeps exiting in pod {name}: {how}"
    if reason in _PULL_FAILURES and _age_s(pod, now) >= _PATIENCE_S:
        return "image_pull_failed", f"pod {name} cannot pull {container['image']}: {message}"
    if reason in _REFUSALS and _age_s(pod, now) >= _PATIENCE_S:
        return "pod_refused", f"pod {name} cannot start its container: {message}"
    return None


def _deadline_exceeded(
    deployment: Object, pods: Sequence[Object], since: str | None
) -> tuple[str, str] | None:
    """The condition may still be that of an earlier revision; `since` excludes it."""
    progress = _condition(deployment, "Progressing")
    if progress is None or progress.get("reason") != "ProgressDeadlineExceeded":
        return None
    if since is not None and progress["lastUpdateTime"] <= since:
        return None
    limit = deployment["spec"].get("progressDeadlineSeconds", 600)
    why = next(filter(None, map(_trouble, pods)), "its readiness probe does not succeed")
    name = deployment["metadata"]["name"]
    return "rollout_failed", f"{name} did not become ready within {limit} s: {why}"


def _trouble(pod: Object) -> str | None:
    scheduled = _condition(pod, "PodScheduled")
    if scheduled and scheduled["status"] == "False":
        return str(scheduled.get("message"))
    restarts = sum(container.get("restartCount", 0) for container in _containers(pod))
    return f"{restarts} restarts" if restarts else None


def _newest(deployment: Object, replica_sets: Iterable[Object]) -> Object | None:
    revision = (deployment["metadata"].get("annotations") or {}).get(_REVISION)
    uid = deployment["metadata"]["uid"]
    for replica_set in replica_sets:
        annotations = replica_set["metadata"].get("annotations") or {}
        if _owner(replica_set) == uid and annotations.get(_REVISION) == revision:
            return replica_set
    return None


def _ending(container: Object) -> str:
    ended = (container.get("lastState") or {}).get("terminated") or {}
    reason, code = ended.get("reason", "Error"), ended.get("exitCode")
    return f"{reason}, exit code {code}, {container.get('restartCount', 0)} restarts"


def _owner(of: Object) -> str | None:
    owners = of["metadata"].get("ownerReferences") or ()
    return next((owner["uid"] for owner in owners if owner.get("controller")), None)


def _containers(pod: Object) -> list[Object]:
    return list((pod.get("status") or {}).get("containerStatuses") or ())


def _condition(of: Object, kind: str) -> Object | None:
    conditions = (of.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == kind), None)


def _age_s(pod: Object, now: datetime) -> float:
    created = datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
    return (now - created.astimezone(UTC)).total_seconds()
