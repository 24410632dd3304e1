"""Apply the manifests and wait for the rollout of the new pods."""

from collections.abc import Callable, Mapping
from typing import Any

from slipway.containerize.manifest_files import deployed
from slipway.containerize.ownership import Claim
from slipway.containerize.ports import Cluster, ObjectRef, Workspace
from slipway.containerize.restoration import put_back, read_all, ref_of, resources
from slipway.containerize.rollout import await_rollout, last_progress, tell_pods
from slipway.containerize.snapshots import SnapshotStore
from slipway.containerize.step_log import step_log
from slipway.containerize.workspace_keys import object_key
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Rejected, Workflow, step
from slipway.wiring import cluster, keepsakes, pause, workspace
from steps import PLAN, runner

ME = "deploy_application"
_MARGIN_S = 60  # to collect the pods' logs and to record the outcome
_CONTROLLED = {"ReplicaSet", "Pod"}  # created by a Deployment, perhaps by one that is restored


def note_objects(
    workflow: Workflow[ContainerizeRequest],
    cluster: Cluster,
    workspace: Workspace,
    keepsakes: SnapshotStore,
    **_: object,
) -> Mapping[str, Any]:
    if not workflow.request.options.deploy:
        return {"notes": []}
    found = read_all(cluster, map(ref_of, deployed(workflow.id, workspace)))
    Claim.of(workflow.id, workflow.request).check(found)
    deployment = next(ref for ref in found if ref.kind == "Deployment")
    before = found[deployment]
    return {
        "notes": keepsakes.note_before(workflow.id, found),
        "since": last_progress(before) if before else None,
        "served": before is not None and cluster.rollout(deployment).done,
    }


def deploy_application(
    workflow: Workflow[ContainerizeRequest],
    cluster: Cluster,
    workspace: Workspace,
    keepsakes: SnapshotStore,
    pause: Callable[[float], None],
) -> Outcome:
    if not workflow.request.options.deploy:
        return Outcome.nothing(skipped="deploy was not asked for")
    manifests = deployed(workflow.id, workspace)
    keepsakes.recall(workflow.intent["notes"])
    Claim.of(workflow.id, workflow.request).check_again(cluster, workflow.intent["notes"])
    for manifest in manifests:
        cluster.apply(manifest)
    deployment = next(m for m in manifests if m["kind"] == "Deployment")
    with step_log(workspace, object_key(workflow.id, ME, "pods.log")) as log:
        try:
            await_rollout(
                cluster,
                ref_of(deployment),
                within_s=workflow.left_s(PLAN[ME].timeout_s - _MARGIN_S),
                pause=pause,
                since=workflow.intent["since"],
                stop=workflow.stop_requested,
            )
        except Rejected:
            tell_pods(cluster, deployment, log)
            raise
    notes = workflow.intent["notes"]
    service = next(m for m in manifests if m["kind"] == "Service")
    return Outcome.of(
        created=resources(notes, existed=False),
        adopted=resources(notes, existed=True),
        namespace=service["metadata"]["namespace"],
        name=service["metadata"]["name"],
        port=service["spec"]["ports"][0]["port"],
    )


def withdraw_application(
    workflow: Workflow[ContainerizeRequest],
    cluster: Cluster,
    keepsakes: SnapshotStore,
    pause: Callable[[float], None],
    **_: object,
) -> None:
    """Delete what this workflow created, restore what it changed, and wait until that serves."""
    notes = workflow.intent["notes"]
    if not notes:
        return  # there may be no cluster
    deployment = next(ObjectRef(**n["ref"]) for n in notes if n["ref"]["kind"] == "Deployment")
    changed = cluster.read(deployment)
    put_back(cluster, workflow.id, notes, keepsakes.before)
    if workflow.intent["served"]:
        since = last_progress(changed) if changed else None
        within_s = PLAN[ME].undo_timeout_s / 2
        await_rollout(cluster, deployment, within_s=within_s, pause=pause, since=since)
    for ref in sorted(cluster.made_by(workflow.id), key=_owners_first):
        if ref.kind in _CONTROLLED:
            cluster.delete(ref)


def _owners_first(ref: ObjectRef) -> bool:
    """A pod that is deleted before its ReplicaSet would only be replaced."""
    return ref.kind == "Pod"


execute, compensate = step(
    deploy_application,
    withdraw_application,
    intent=note_objects,
    runner=runner,
    cluster=cluster,
    workspace=workspace,
    keepsakes=keepsakes,
    pause=pause,
)
