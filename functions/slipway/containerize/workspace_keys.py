"""Workspace keys of a workflow's objects: `workflows/<id>/<step>/<name>`."""

AUDIT = frozenset(
    {
        "build_image/build.log",
        "push_image/push.log",
        "scan_image/report.json",
        "scan_image/sbom.json",
        "deploy_application/pods.log",
        "verify_deployment/pods.log",
    }
)
"""Kept after a rollback: logs and reports that show why the workflow failed."""


_PRIVATE = "private/"
SWEEP = "sweep_"
"""Prefix of a sweep's id; no workflow's id has it."""

_WORKFLOWS = "workflows/"


def workflow_prefix(workflow_id: str) -> str:
    return f"{_WORKFLOWS}{workflow_id}/"


def workflow_of(key: str) -> str | None:
    """Return the workflow id of a key; None for other objects, such as uploads."""
    if not key.startswith(_WORKFLOWS):
        return None
    return key.removeprefix(_WORKFLOWS).partition("/")[0]


def step_prefix(workflow_id: str, step: str) -> str:
    return f"{workflow_prefix(workflow_id)}{step}/"


def object_key(workflow_id: str, step: str, name: str) -> str:
    return step_prefix(workflow_id, step) + name


def private_key(workflow_id: str, name: str = "") -> str:
    """Key of an object that no query returns: secrets, while the workflow may need them."""
    return f"{workflow_prefix(workflow_id)}{_PRIVATE}{name}"


def removals_key(sweep_id: str, number: int | None = None) -> str:
    """Key of a sweep's removal note, under the workflows' prefix, but of no workflow."""
    return f"workflows/{sweep_id}" + (f"/removals/{number:06d}.json" if number else "")


def snapshot_key(workflow_id: str, name: str = "") -> str:
    """Key of a snapshot for the undo that must not be stored in the table."""
    return private_key(workflow_id, f"before/{name}")


def is_private(workflow_id: str, key: str) -> bool:
    return key.startswith(private_key(workflow_id))


def is_audit(workflow_id: str, key: str) -> bool:
    return key.removeprefix(workflow_prefix(workflow_id)) in AUDIT


def step_of(workflow_id: str, key: str) -> str:
    return key.removeprefix(workflow_prefix(workflow_id)).partition("/")[0]
