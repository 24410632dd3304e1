"""The labels on everything that Slipway creates."""

WORKFLOW = "slipway.dev/workflow"
APP = "slipway.dev/app"
MANAGED_BY = "slipway.dev/managed-by"
MANAGER = "slipway"


def labels_of(workflow_id: str, app: str) -> dict[str, str]:
    return {WORKFLOW: workflow_id, APP: app, MANAGED_BY: MANAGER}
