"""Push the image and record the digest that the registry reports."""

from collections.abc import Mapping
from typing import Any

from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import CredentialStore, Engine, Registry, Workspace
from slipway.containerize.reference import repository_of, tag_of
from slipway.containerize.staging import staging_tag
from slipway.containerize.step_log import step_log
from slipway.containerize.tag_ownership import movable_tag
from slipway.containerize.tag_uses import uses_of
from slipway.containerize.workspace_keys import object_key
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Unavailable, Workflow, step
from slipway.wiring import credentials, engine, registry, workspace
from steps import runner

ME = "push_image"


def note_tag(
    workflow: Workflow[ContainerizeRequest],
    registry: Registry,
    **_: object,
) -> Mapping[str, Any]:
    """Raises Rejected("not_ours")."""
    reference = workflow.outputs("tag_image")["reference"]
    before = movable_tag(registry, reference, workflow.request, clean=True)
    return {"reference": reference, "before": before}


def push_image(
    workflow: Workflow[ContainerizeRequest],
    engine: Engine,
    registry: Registry,
    credentials: CredentialStore,
    workspace: Workspace,
) -> Outcome:
    reference = workflow.intent["reference"]
    # Since the note was made, somebody else may have taken the tag.
    movable_tag(registry, reference, workflow.request, clean=False)
    repository = repository_of(reference)
    with step_log(workspace, object_key(workflow.id, ME, "push.log")) as log:
        who = credentials.for_repository(repository)
        image_id = workflow.outputs("build_image")["image_id"]
        engine.push(reference, who, log, workflow.stop_requested, image_id)
    digest = registry.digest(reference)
    if digest is None:
        raise Unavailable("not_in_registry", f"{reference} was pushed but is not in the registry")
    manifest, tag = f"manifest:{repository}@{digest}", f"tag:{reference}"
    outputs = {"reference": reference, "digest": digest}
    if workflow.intent["before"]:
        return Outcome(created=(manifest,), adopted=(tag,), outputs=outputs)
    return Outcome(created=(manifest, tag), outputs=outputs)


def withdraw_image(
    workflow: Workflow[ContainerizeRequest], registry: Registry, **_: object
) -> None:
    """Delete a manifest only if it has this workflow's label and no other tag uses it."""
    reference, before = workflow.intent["reference"], workflow.intent["before"]
    repository = repository_of(reference)
    tagged = registry.digest(reference)
    ours = {d for d in (tagged, workflow.outputs(ME).get("digest")) if d}
    ours = {d for d in ours if registry.labels(repository, d).get(WORKFLOW) == workflow.id}
    if tagged in ours and before and registry.digest(f"{repository}@{before}"):
        registry.set_tag(reference, before)
    for digest in ours:
        own = {tag_of(reference), staging_tag(workflow.id)}
        if next(uses_of(registry, repository, digest, own), None) is None:
            registry.delete(repository, digest)


execute, compensate = step(
    push_image,
    withdraw_image,
    intent=note_tag,
    runner=runner,
    engine=engine,
    registry=registry,
    credentials=credentials,
    workspace=workspace,
)
