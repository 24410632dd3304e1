"""Give the image the name under which it is pushed."""

from collections.abc import Mapping
from typing import Any

from slipway.containerize.ports import Engine
from slipway.containerize.target import Target
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Workflow, step
from slipway.wiring import engine, target
from steps import runner


def note_target(
    workflow: Workflow[ContainerizeRequest], engine: Engine, target: Target
) -> Mapping[str, Any]:
    reference = target.reference(workflow.request, workflow.id)
    return {"reference": reference, "before": engine.image_at(reference)}


def tag_image(workflow: Workflow[ContainerizeRequest], engine: Engine, **_: object) -> Outcome:
    reference = workflow.intent["reference"]
    engine.tag(workflow.outputs("build_image")["image_id"], reference)
    resource = (f"tag:{reference}",)
    if workflow.intent["before"]:
        return Outcome.of(adopted=resource, reference=reference)
    return Outcome.of(created=resource, reference=reference)


def untag_image(workflow: Workflow[ContainerizeRequest], engine: Engine, **_: object) -> None:
    """A tag that names another image by now belongs to somebody else."""
    reference, before = workflow.intent["reference"], workflow.intent["before"]
    if engine.image_at(reference) != workflow.outputs("build_image").get("image_id"):
        return
    if before and engine.image_at(before):
        engine.tag(before, reference)
    else:
        engine.untag(reference)


execute, compensate = step(
    tag_image, untag_image, intent=note_target, runner=runner, engine=engine, target=target
)
