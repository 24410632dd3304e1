"""Wait until a Deployment runs what it was told to run, or say why it never will."""

import time
from collections.abc import Callable
from itertools import count

from slipway.containerize.manifest_files import selector_of
from slipway.containerize.ports import Cluster, Log, Manifest, ObjectRef, Stop
from slipway.containerize.waits import waits
from slipway.saga.errors import Rejected, StepError


def await_rollout(
    cluster: Cluster,
    deployment: ObjectRef,
    *,
    within_s: float,
    pause: Callable[[float], None],
    since: str | None = None,
    stop: Stop = lambda: False,
) -> None:
    """Raises Rejected with the rollout's own failure, or after `within_s` of waiting.

    `since` is what `last_progress` told before the change: an older failure is not this rollout's.
    """
    pauses, ends_at = waits(within_s), time.monotonic() + within_s
    for poll in count():
        rollout = cluster.rollout(deployment, since)
        if rollout.done:
            return
        if rollout.failure:
            raise Rejected(*rollout.failure, fix="the log of this step shows what its pods said")
        if poll % 4 == 3 and stop():  # noqa: PLR2004  (every two seconds at most)
            raise Rejected("cancelled", "stopped on request")
        seconds = next(pauses, None)
        if seconds is None or time.monotonic() >= ends_at:
            break  # the answers themselves may have taken long
        pause(seconds)
    raise Rejected(
        "rollout_timeout",
        f"{deployment.name} was not ready after {within_s:.0f} s: "
        f"{rollout.ready} of {rollout.wanted} pods",
        fix="the log of this step shows what its pods said",
    )


def last_progress(deployment: Manifest) -> str | None:
    """When the Deployment last told of its progress, or of its failure to make any."""
    for condition in deployment.get("status", {}).get("conditions", ()):
        if condition["type"] == "Progressing":
            return str(condition["lastUpdateTime"])
    return None


def tell_pods(cluster: Cluster, deployment: Manifest, log: Log) -> None:
    """For the log of a step that fails: a cluster that is silent must not hide the cause."""
    try:
        lines = cluster.pod_report(*selector_of(deployment))
    except StepError as error:
        lines = [f"the pods cannot be asked: {error.message}"]
    for line in lines:
        log(line)
