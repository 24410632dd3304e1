"""Make the place where the service will live: namespace, pull secret, service account."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slipway.containerize.labels import labels_of
from slipway.containerize.manifest_files import deployed, prepared
from slipway.containerize.manifests import namespace_manifest, pull_secret
from slipway.containerize.ownership import Claim
from slipway.containerize.ports import (
    Cluster,
    CredentialStore,
    Manifest,
    ObjectRef,
    Workspace,
)
from slipway.containerize.reference import host_of
from slipway.containerize.restoration import (
    Found,
    made_by,
    note_before,
    put_back,
    read_all,
    ref_of,
    resources,
)
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Rejected, Workflow, step
from slipway.wiring import cluster, credentials, instance, workspace
from steps import runner


def note_place(
    workflow: Workflow[ContainerizeRequest], cluster: Cluster, workspace: Workspace, **_: object
) -> Mapping[str, Any]:
    """Asks also for what the next step applies: a name that is taken ends it all before it begins.

    Raises Rejected("not_ours").
    """
    if not workflow.request.options.deploy:
        return {"notes": []}
    namespace = workflow.request.app.target_namespace
    refs = [ObjectRef("v1", "Namespace", namespace)]
    if name := workflow.outputs("generate_manifests").get("pull_secret"):
        refs.append(ObjectRef("v1", "Secret", name, namespace))
    refs += [ref_of(manifest) for manifest in prepared(workflow.id, workspace)]
    later = [ref_of(manifest) for manifest in deployed(workflow.id, workspace)]
    found = read_all(cluster, [*refs, *later])
    Claim.of(workflow.id, workflow.request).check(found)
    return {"notes": note_before({ref: found[ref] for ref in refs})}


def prepare_cluster(
    workflow: Workflow[ContainerizeRequest],
    cluster: Cluster,
    workspace: Workspace,
    credentials: CredentialStore,
    instance: str | None,
) -> Outcome:
    if not workflow.request.options.deploy:
        return Outcome.nothing(skipped="deploy was not asked for")
    app, notes = workflow.request.app, workflow.intent["notes"]
    labels = labels_of(workflow.id, app.name, instance)
    now = Claim.of(workflow.id, workflow.request).check_again(cluster, notes)
    wanted = {ref.kind for ref in _to_make(workflow.id, now, notes)}
    if "Namespace" in wanted:
        cluster.apply(namespace_manifest(app.target_namespace, labels))
    if "Secret" in wanted:
        cluster.apply(_pull_secret(workflow, credentials, labels))
    for manifest in prepared(workflow.id, workspace):
        cluster.apply(manifest)
    return Outcome(resources(notes, existed=False), resources(notes, existed=True))


def clear_place(workflow: Workflow[ContainerizeRequest], cluster: Cluster, **_: object) -> None:
    """A namespace that somebody else has moved into meanwhile stays."""
    notes = workflow.intent["notes"]
    put_back(cluster, workflow.id, [n for n in notes if n["ref"]["kind"] != "Namespace"])
    for note in notes:
        ref = ObjectRef(**note["ref"])
        if ref.kind != "Namespace" or note["existed"]:
            continue
        now = cluster.read(ref)
        if now and made_by(workflow.id, now) and not cluster.inhabitants(ref.name):
            cluster.delete(ref, uid=now["metadata"]["uid"])


def _to_make(
    workflow_id: str, found: Found, notes: Sequence[Mapping[str, Any]]
) -> Iterator[ObjectRef]:
    """What was not there, and was not made by somebody else since that was noted."""
    for note in notes:
        ref = ObjectRef(**note["ref"])
        if ref.kind in {"Namespace", "Secret"} and not note["existed"]:
            now = found[ref]
            if now is None or made_by(workflow_id, now):
                yield ref


def _pull_secret(
    workflow: Workflow[ContainerizeRequest], credentials: CredentialStore, labels: dict[str, str]
) -> Manifest:
    """Made here and applied at once: a password never lies in the workspace."""
    reference = workflow.outputs("push_image")["reference"]
    who = credentials.for_repository(reference)
    if who is None:
        raise Rejected("no_credentials", f"no credentials any more for {host_of(reference)}")
    name = workflow.outputs("generate_manifests")["pull_secret"]
    namespace = workflow.request.app.target_namespace
    return pull_secret(name, namespace, host_of(reference), who, labels)


execute, compensate = step(
    prepare_cluster,
    clear_place,
    intent=note_place,
    runner=runner,
    cluster=cluster,
    workspace=workspace,
    credentials=credentials,
    instance=instance,
)
