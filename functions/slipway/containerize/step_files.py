"""Compensation for a step that only wrote files: deletes them from the workspace."""

from collections.abc import Callable

from slipway.containerize.ports import Workspace
from slipway.containerize.workspace_keys import step_prefix
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.workflow import Workflow


def discarding(step: str) -> Callable[..., None]:
    def discard(workflow: Workflow[ContainerizeRequest], workspace: Workspace, **_: object) -> None:
        workspace.delete(step_prefix(workflow.id, step))

    return discard
