"""The deployment target of a workflow, derived from its view."""

from slipway.messages.views import WorkflowView

_OWNS_OR_WORKS = {"COMPLETED", "RUNNING", "COMPENSATING", "PARKED", "REQUESTED"}
"""A workflow that was undone, by a rollback too, no longer holds its target."""


def target_of(view: WorkflowView) -> str | None:
    """Return `cluster/namespace/app`, without an unknown cluster; None when nothing is deployed."""
    app = view.request.get("app")
    if app is None or not (view.request.get("options") or {}).get("deploy", True):
        return None
    cluster = (view.world or {}).get("cluster")
    return "/".join(filter(None, (cluster, app.get("namespace") or app["name"], app["name"])))


def held_target(view: WorkflowView) -> str | None:
    """Return the target only while the workflow is deployed to it or works on it."""
    return target_of(view) if view.status in _OWNS_OR_WORKS else None
