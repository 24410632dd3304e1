"""The labels on everything that Slipway creates."""

from collections.abc import Mapping

WORKFLOW = "slipway.dev/workflow"
APP = "slipway.dev/app"
MANAGED_BY = "slipway.dev/managed-by"
INSTANCE = "slipway.dev/instance"
MANAGER = "slipway"


def labels_of(workflow_id: str, app: str, instance: str | None = None) -> dict[str, str]:
    """`instance` names the installation: two may share an engine, a registry or a cluster."""
    labels = {WORKFLOW: workflow_id, APP: app, MANAGED_BY: MANAGER}
    return {**labels, INSTANCE: instance} if instance else labels


def is_managed(labels: Mapping[str, str]) -> bool:
    """Whether any Slipway installation created the object; all other objects are ignored."""
    return labels.get(MANAGED_BY) == MANAGER and bool(labels.get(WORKFLOW))


def is_of_instance(ours: str | None, labelled: str | None) -> bool:
    """Objects without an instance label predate that label and count as ours."""
    return labelled in (None, ours)
