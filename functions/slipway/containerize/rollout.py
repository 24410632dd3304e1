"""Waits for a Deployment's rollout to complete, and reports why it failed."""

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
    """Raises Rejected: the rollout's own failure, cancelled, or rollout_timeout after `within_s`.

    `since` is the result of `last_progress` before the change: an older failure does not count.
    """
    pauses, ends_at = waits(within_s), time.monotonic() + within_s
    for poll in count():
        rollout = cluster.rollout(deployment, since)
        if rollout.done:
            return
        if rollout.failure:
            raise Rejected(*rollout.failure, fix="see the pods' output in the log of this step")
        if poll % 4 == 3 and stop():  # noqa: PLR2004  (every two seconds at most)
            raise Rejected("cancelled", "stopped on request")
        seconds = next(pauses, None)
        if seconds is None or time.monotonic() >= ends_at:
            break  # the requests themselves may take long
        pause(seconds)
    raise Rejected(
        "rollout_timeout",
        f"{deployment.name} was not ready after {within_s:.0f} s: "
        f"{rollout.ready} of {rollout.wanted} pods",
        fix="see the pods' output in the log of this step",
    )


def last_progress(deployment: Manifest) -> str | None:
    """Return the lastUpdateTime of the Deployment's Progressing condition, if any."""
    for condition in deployment.get("status", {}).get("conditions", ()):
        if condition["type"] == "Progressing":
            return str(condition["lastUpdateTime"])
    return None


def tell_pods(cluster: Cluster, deployment: Manifest, log: Log) -> None:
    """Log the pods of a failed step; an unreachable cluster must not hide the step's error."""
    try:
        lines = cluster.pod_report(*selector_of(deployment))
    except StepError as error:
        lines = [f"the pods could not be queried: {error.message}"]
    for line in lines:
        log(line)
