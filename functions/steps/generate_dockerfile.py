"""Generate the Dockerfile, or use the repository's own; the source itself is never changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slipway.containerize.analysis import Component
from slipway.containerize.base_ownership import refuse_images_of_others
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile import dockerfile_for
from slipway.containerize.labels import labels_of
from slipway.containerize.policy import blocking, dockerfile_findings
from slipway.containerize.ports import Registry, Workspace
from slipway.containerize.source_copy import source_copy
from slipway.containerize.step_files import discarding
from slipway.containerize.tag_ownership import movable_tag
from slipway.containerize.target import Target
from slipway.containerize.workspace_keys import object_key
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Rejected, Workflow, step
from slipway.wiring import build_settings, instance, registry, target, workspace
from steps import runner

ME = "generate_dockerfile"


def note_claim(
    workflow: Workflow[ContainerizeRequest],
    registry: Registry,
    target: Target,
    **_: object,
) -> Mapping[str, Any]:
    """Fail before the build if the tag is somebody else's. Raises Rejected("not_ours").

    The default tag is the workflow's own id, and needs no check.
    """
    if workflow.request.image.tag is not None:
        reference = target.reference(workflow.request, workflow.id)
        movable_tag(registry, reference, workflow.request, clean=True)
    return {}


def generate_dockerfile(
    workflow: Workflow[ContainerizeRequest],
    workspace: Workspace,
    build_settings: BuildSettings,
    instance: str | None,
    registry: Registry,
    target: Target,
) -> Outcome:
    request = workflow.request
    component = Component.model_validate(workflow.outputs("analyze_repository")["component"])
    labels = labels_of(workflow.id, request.app.name, instance)
    with source_copy(workflow.id, workspace) as tree:
        written = dockerfile_for(Path(tree, component.path), component, labels, build_settings)
    refused = blocking(dockerfile_findings(written.dockerfile), strict=request.options.strict)
    if refused:
        raise Rejected("policy", refused[0].message, fix=refused[0].fix)
    refuse_images_of_others(written.dockerfile, request.app.name, registry, target)
    keys = [object_key(workflow.id, ME, name) for name in ("Dockerfile", "dockerignore")]
    for key, text in zip(keys, (written.dockerfile, written.dockerignore), strict=True):
        workspace.put(key, text.encode(), "text/plain; charset=utf-8")
    return Outcome.of(created=tuple(f"object:{key}" for key in keys), user_id=written.user_id)


execute, compensate = step(
    generate_dockerfile,
    discarding(ME),
    intent=note_claim,
    runner=runner,
    workspace=workspace,
    build_settings=build_settings,
    instance=instance,
    registry=registry,
    target=target,
)
