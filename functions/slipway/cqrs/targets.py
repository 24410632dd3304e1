"""Where a workflow's deployment stands or will stand, as far as its view tells."""

from slipway.messages.views import WorkflowView

_OWNS_OR_WORKS = {"COMPLETED", "RUNNING", "COMPENSATING", "PARKED", "REQUESTED"}
"""What was undone, by a rollback too, has left its target."""


def target_of(view: WorkflowView) -> str | None:
    """Cluster, where it is known, namespace and app; None when nothing is deployed."""
    app = view.request.get("app")
    if app is None or not (view.request.get("options") or {}).get("deploy", True):
        return None
    cluster = (view.world or {}).get("cluster")
    return "/".join(filter(None, (cluster, app.get("namespace") or app["name"], app["name"])))


def held_target(view: WorkflowView) -> str | None:
    """Only while the workflow has deployed to it, or is at work on it."""
    return target_of(view) if view.status in _OWNS_OR_WORKS else None
