"""Build the image, here or in an outside builder; its log is always kept."""

from pathlib import Path

from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile.bases import external_bases
from slipway.containerize.labels import labels_of
from slipway.containerize.ports import DOCKERFILE, Build, BuildContext, Engine, Workspace
from slipway.containerize.source_copy import source_copy
from slipway.containerize.step_log import step_log
from slipway.containerize.target import Target
from slipway.containerize.workspace_keys import object_key
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Pending, Workflow, step
from slipway.wiring import build_context, build_settings, engine, instance, target, workspace
from steps import PLAN, runner

ME = "build_image"
_MARGIN_S = 30  # to record the outcome before the function times out


def build_image(
    workflow: Workflow[ContainerizeRequest],
    engine: Engine,
    workspace: Workspace,
    build_context: BuildContext,
    build_settings: BuildSettings,
    instance: str | None,
    target: Target,
) -> Outcome | Pending:
    component = workflow.outputs("analyze_repository")["component"]
    dockerfile, ignore = (
        workspace.get(object_key(workflow.id, "generate_dockerfile", name)).decode()
        for name in ("Dockerfile", "dockerignore")
    )
    with (
        source_copy(workflow.id, workspace) as tree,
        build_context(Path(tree, component["path"]), dockerfile, ignore) as context,
        step_log(workspace, object_key(workflow.id, ME, "build.log")) as log,
    ):
        build = Build(
            context=context,
            dockerfile=DOCKERFILE,
            labels=labels_of(workflow.id, workflow.request.app.name, instance),
            args=build_settings.args,
            network=build_settings.network,
            timeout_s=int(workflow.left_s(PLAN[ME].timeout_s - _MARGIN_S)),
            repository=target.repository(workflow.request),
            bases=external_bases(dockerfile),
        )
        image_id = engine.build(build, log, workflow.stop_requested)
    return _ended_with(workflow.id, engine, image_id)


def look_at_build(
    workflow: Workflow[ContainerizeRequest], engine: Engine, workspace: Workspace, **_: object
) -> Outcome | Pending:
    with step_log(workspace, object_key(workflow.id, ME, "build.log")) as log:
        image_id = engine.built(workflow.id, log)
    return _ended_with(workflow.id, engine, image_id)


def _ended_with(workflow_id: str, engine: Engine, image_id: str | None) -> Outcome | Pending:
    if image_id is None:
        return Pending()
    engine.remove_stages(workflow_id, image_id)
    return Outcome.of(created=(f"image:{image_id}",), image_id=image_id)


def remove_image(workflow: Workflow[ContainerizeRequest], engine: Engine, **_: object) -> None:
    """Keeps images that somebody else has derived from it by now, and the images they depend on."""
    engine.remove_made_by(workflow.id, workflow.outputs(ME).get("image_id"))


execute, compensate = step(
    build_image,
    remove_image,
    look=look_at_build,
    runner=runner,
    engine=engine,
    workspace=workspace,
    build_context=build_context,
    build_settings=build_settings,
    instance=instance,
    target=target,
)
