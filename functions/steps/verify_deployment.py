"""Probe the service: it must answer several times in a row and its rollout must be complete."""

import time
from collections.abc import Callable

from slipway.containerize.manifest_files import deployed
from slipway.containerize.ports import Cluster, Probe, Workspace
from slipway.containerize.restoration import ref_of
from slipway.containerize.rollout import await_rollout, tell_pods
from slipway.containerize.step_log import step_log
from slipway.containerize.waits import waits
from slipway.containerize.workspace_keys import object_key
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Rejected, Workflow, step
from slipway.wiring import cluster, pause, workspace
from steps import runner

ME = "verify_deployment"
_ANSWERS_WANTED = 3
"""In a row: a crashing process may answer once."""
_ASKED_FOR_S = 30
_WITHIN_S = 120


def verify_deployment(
    workflow: Workflow[ContainerizeRequest],
    cluster: Cluster,
    workspace: Workspace,
    pause: Callable[[float], None],
) -> Outcome:
    service = workflow.outputs("deploy_application")
    if "name" not in service:
        return Outcome.nothing(skipped="deploy was not asked for")
    health_path = workflow.outputs("analyze_repository")["component"]["health_path"]
    deployment = next(m for m in deployed(workflow.id, workspace) if m["kind"] == "Deployment")
    with step_log(workspace, object_key(workflow.id, ME, "pods.log")) as log:
        try:
            answer = _probed(workflow, cluster, pause, health_path)
            await_rollout(cluster, ref_of(deployment), within_s=_ASKED_FOR_S, pause=pause)
        except Rejected:
            tell_pods(cluster, deployment, log)
            raise
    return Outcome.nothing(path=health_path or "/", http_status=answer.status)


def nothing_to_undo(workflow: Workflow[ContainerizeRequest], **_: object) -> None:
    """Probing changes nothing, so there is nothing to compensate."""


def _probed(
    workflow: Workflow[ContainerizeRequest],
    cluster: Cluster,
    pause: Callable[[float], None],
    health_path: str | None,
) -> Probe:
    service = workflow.outputs("deploy_application")
    answers, probe, ends_at = 0, Probe(None), time.monotonic() + _WITHIN_S
    for seconds in waits(_ASKED_FOR_S):
        probe = cluster.probe(
            service["namespace"], service["name"], service["port"], health_path or "/"
        )
        answers = answers + 1 if _is_healthy(probe, health_path) else 0
        if answers == _ANSWERS_WANTED:
            return probe
        workflow.stop_if_requested()
        if time.monotonic() >= ends_at:
            break  # slow answers took up the time
        pause(seconds)
    outcome = "no response" if probe.status is None else f"the last response was {probe.status}"
    raise Rejected(
        "probe_failed",
        f"{service['name']} did not respond successfully on {health_path or '/'}: {outcome}",
        fix="see the pods' output in the log of this step",
    )


def _is_healthy(probe: Probe, health_path: str | None) -> bool:
    """Without a known health path, any answer but a server error counts as healthy."""
    if probe.status is None:
        return False
    limit = 400 if health_path else 500
    return probe.status < limit


execute, compensate = step(
    verify_deployment,
    nothing_to_undo,
    runner=runner,
    cluster=cluster,
    workspace=workspace,
    pause=pause,
)
