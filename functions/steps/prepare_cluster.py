"""Prepare the cluster for the service: namespace, secrets, service account."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slipway.containerize.labels import labels_of
from slipway.containerize.manifest_files import deployed, prepared
from slipway.containerize.manifests import namespace_manifest, pull_secret, settings_secret
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
from slipway.containerize.secret_settings import forget, secrets_of_app
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Rejected, Workflow, step
from slipway.wiring import cluster, credentials, instance, workspace
from steps import runner


def note_place(
    workflow: Workflow[ContainerizeRequest], cluster: Cluster, workspace: Workspace, **_: object
) -> Mapping[str, Any]:
    """Also checks what the next step applies: a name conflict fails before anything is created.

    Raises Rejected("not_ours"), or Rejected("other_settings") for a Secret that is not the app's.
    """
    if not workflow.request.options.deploy:
        return {"notes": []}
    namespace = workflow.request.app.target_namespace
    refs = [ObjectRef("v1", "Namespace", namespace)]
    names = workflow.outputs("generate_manifests")
    secrets = [name for name in map(names.get, ("pull_secret", "env_secret")) if name]
    refs += [ObjectRef("v1", "Secret", name, namespace) for name in secrets]
    refs += [ref_of(manifest) for manifest in prepared(workflow.id, workspace)]
    later = [ref_of(manifest) for manifest in deployed(workflow.id, workspace)]
    found = read_all(cluster, [*refs, *later])
    Claim.of(workflow.id, workflow.request).check(found)
    _check_settings(workflow, workspace, found)
    return {"notes": note_before({ref: found[ref] for ref in refs})}


def prepare_cluster(
    workflow: Workflow[ContainerizeRequest],
    cluster: Cluster,
    workspace: Workspace,
    credentials: CredentialStore,
    instance: str | None,
) -> Outcome:
    if not workflow.request.options.deploy:
        forget(workspace, workflow.id)
        return Outcome.nothing(skipped="deploy was not asked for")
    notes = workflow.intent["notes"]
    labels = labels_of(workflow.id, workflow.request.app.name, instance)
    now = Claim.of(workflow.id, workflow.request).check_again(cluster, notes)
    for ref in _to_make(now, notes):
        if ref.kind == "Namespace":
            cluster.apply(namespace_manifest(ref.name, labels))
        elif ref.name == workflow.outputs("generate_manifests")["pull_secret"]:
            cluster.apply(_pull_secret(workflow, credentials, labels))
        else:
            cluster.apply(_settings_secret(workflow, workspace, labels))
    for manifest in prepared(workflow.id, workspace):
        cluster.apply(manifest)
    forget(workspace, workflow.id)  # stored in the cluster: another attempt does not need them
    return Outcome(resources(notes, existed=False), resources(notes, existed=True))


def clear_place(workflow: Workflow[ContainerizeRequest], cluster: Cluster, **_: object) -> None:
    """Keeps a namespace that somebody else uses by now."""
    notes = workflow.intent["notes"]
    put_back(cluster, workflow.id, [n for n in notes if n["ref"]["kind"] != "Namespace"])
    for note in notes:
        ref = ObjectRef(**note["ref"])
        if ref.kind != "Namespace" or note["existed"]:
            continue
        now = cluster.read(ref)
        if now and made_by(workflow.id, now) and not cluster.inhabitants(ref.name):
            cluster.delete(ref, uid=now["metadata"]["uid"])


def _to_make(found: Found, notes: Sequence[Mapping[str, Any]]) -> Iterator[ObjectRef]:
    """Missing objects: an existing one is older, or was completed by an earlier attempt."""
    for note in notes:
        ref = ObjectRef(**note["ref"])
        if ref.kind in {"Namespace", "Secret"} and not note["existed"] and found[ref] is None:
            yield ref


def _check_settings(
    workflow: Workflow[ContainerizeRequest], workspace: Workspace, found: Found
) -> None:
    """An immutable Secret cannot change, but somebody else may have created one of that name."""
    name = workflow.outputs("generate_manifests").get("env_secret")
    there = next((now for ref, now in found.items() if ref.name == name and now), None)
    if there and there.get("data") != _settings_secret(workflow, workspace, {})["data"]:
        raise Rejected(
            "other_settings",
            f"the Secret {name} already exists with different data",
            fix="delete it if nothing uses it, or choose another name for the app",
        )


def _settings_secret(
    workflow: Workflow[ContainerizeRequest], workspace: Workspace, labels: Mapping[str, str]
) -> Manifest:
    app = workflow.request.app
    name = workflow.outputs("generate_manifests")["env_secret"]
    values = secrets_of_app(workflow, workspace)
    return settings_secret(name, app.target_namespace, values, labels)


def _pull_secret(
    workflow: Workflow[ContainerizeRequest], credentials: CredentialStore, labels: dict[str, str]
) -> Manifest:
    """Created here and applied at once: a password is never stored in the workspace."""
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
