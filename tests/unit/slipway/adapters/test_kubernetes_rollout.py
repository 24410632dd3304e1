"""How a rollout stands, told from what the API server has stored."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slipway.adapters.kubernetes_rollout import judge
from slipway.containerize.ports import Rollout

CREATED = datetime(2030, 1, 1, 12, tzinfo=UTC)
EARLY, LATE = CREATED + timedelta(seconds=5), CREATED + timedelta(seconds=40)
REVISION = "deployment.kubernetes.io/revision"


def deployment(
    *, reason: str = "ReplicaSetUpdated", seen: int = 2, **counts: int
) -> dict[str, Any]:
    progress = {"type": "Progressing", "reason": reason, "lastUpdateTime": "2030-01-01T12:02:00Z"}
    return {
        "metadata": {
            "name": "web",
            "uid": "d",
            "generation": 2,
            "annotations": {REVISION: "2"},
        },
        "spec": {"replicas": 1, "progressDeadlineSeconds": 120},
        "status": {"observedGeneration": seen, "conditions": [progress], **counts},
    }


def replica_set(uid: str = "new", revision: str = "2", **status: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "uid": uid,
            "annotations": {REVISION: revision},
            "ownerReferences": [{"uid": "d", "controller": True}],
        },
        "status": status,
    }


def pod(reason: str, restarts: int = 0, owner: str = "new", message: str = "why") -> dict[str, Any]:
    container = {
        "name": "app",
        "image": "example/web:1",
        "restartCount": restarts,
        "state": {"waiting": {"reason": reason, "message": message}},
        "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
    }
    return {
        "metadata": {
            "name": "web-1",
            "creationTimestamp": "2030-01-01T12:00:00Z",
            "ownerReferences": [{"uid": owner, "controller": True}],
        },
        "status": {"containerStatuses": [container]},
    }


def stands(
    of: dict[str, Any],
    *pods: dict[str, Any],
    sets: tuple[dict[str, Any], ...] = (replica_set(),),
    since: str | None = None,
    now: datetime = LATE,
) -> Rollout:
    return judge(of, sets, pods, since=since, now=now)


ALL: dict[str, Any] = {
    "replicas": 1,
    "updatedReplicas": 1,
    "availableReplicas": 1,
    "readyReplicas": 1,
}


def test_it_is_done_when_the_newest_is_all_there_is_and_available() -> None:
    assert stands(deployment(**ALL), sets=(replica_set(readyReplicas=1),)) == Rollout(
        done=True, ready=1, wanted=1
    )


def test_it_is_not_done_while_the_old_version_still_has_a_pod() -> None:
    assert not stands(deployment(**{**ALL, "replicas": 2})).done


def test_nothing_is_known_before_the_controller_has_seen_the_change() -> None:
    rollout = stands(deployment(seen=1, reason="ProgressDeadlineExceeded", **ALL))

    assert rollout == Rollout(done=False, ready=0, wanted=1)


@pytest.mark.parametrize(
    ("reason", "restarts", "now", "code"),
    [
        ("CrashLoopBackOff", 2, EARLY, "crash_loop"),
        ("CrashLoopBackOff", 1, LATE, None),
        ("ImagePullBackOff", 0, LATE, "image_pull_failed"),
        ("ErrImagePull", 0, EARLY, None),
        ("CreateContainerConfigError", 0, LATE, "pod_refused"),
        ("CreateContainerConfigError", 0, EARLY, None),
        ("ContainerCreating", 0, LATE, None),
    ],
)
def test_a_pod_in_trouble_ends_the_rollout_once_waiting_cannot_help(
    reason: str, restarts: int, now: datetime, code: str | None
) -> None:
    failure = stands(deployment(), pod(reason, restarts), now=now).failure

    assert (failure[0] if failure else None) == code


def test_the_sentence_says_how_the_application_ended() -> None:
    failure = stands(deployment(), pod("CrashLoopBackOff", 3)).failure

    assert failure is not None
    assert "OOMKilled, exit code 137, 3 restarts" in failure[1]


def test_pods_of_the_version_before_are_not_held_against_the_new_one() -> None:
    old = pod("CrashLoopBackOff", 9, owner="old")

    assert stands(deployment(), old, sets=(replica_set("old", "1"), replica_set())).failure is None


def test_pods_that_the_cluster_refuses_end_the_rollout_at_once() -> None:
    refused = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}

    failure = stands(deployment(), sets=(replica_set(conditions=[refused]),), now=EARLY).failure

    assert failure == ("pod_refused", "the cluster rejects the pods: exceeded quota")


def test_a_deadline_that_passes_ends_the_rollout() -> None:
    failure = stands(deployment(reason="ProgressDeadlineExceeded")).failure

    assert failure is not None
    assert failure[0] == "rollout_failed"
    assert "within 120 s: its readiness probe" in failure[1]


def test_a_deadline_that_the_revision_before_exceeded_is_not_this_ones() -> None:
    before = "2030-01-01T12:02:00Z"

    assert stands(deployment(reason="ProgressDeadlineExceeded"), since=before).failure is None


def test_a_pod_without_a_node_is_the_reason_that_is_told() -> None:
    lonely = pod("ContainerCreating")
    message = "0/1 nodes are available: Insufficient memory"
    lonely["status"] = {
        "conditions": [{"type": "PodScheduled", "status": "False", "message": message}]
    }

    failure = stands(deployment(reason="ProgressDeadlineExceeded"), lonely).failure

    assert failure is not None
    assert message in failure[1]
