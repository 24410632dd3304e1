"""Reads a workflow's manifests from the workspace, split by the step that applies them."""

import json
from typing import Any

from slipway.containerize.ports import Manifest, Workspace
from slipway.containerize.workspace_keys import object_key

_PREPARED = {"ServiceAccount"}


def manifests_key(workflow_id: str) -> str:
    return object_key(workflow_id, "generate_manifests", "manifests.json")


def prepared(workflow_id: str, workspace: Workspace) -> list[Manifest]:
    return [m for m in _read(workflow_id, workspace) if m["kind"] in _PREPARED]


def deployed(workflow_id: str, workspace: Workspace) -> list[Manifest]:
    return [m for m in _read(workflow_id, workspace) if m["kind"] not in _PREPARED]


def selector_of(deployment: Manifest) -> tuple[str, dict[str, str]]:
    """Return the namespace and labels of the Deployment's pods."""
    return deployment["metadata"]["namespace"], deployment["spec"]["selector"]["matchLabels"]


def _read(workflow_id: str, workspace: Workspace) -> list[dict[str, Any]]:
    manifests: list[dict[str, Any]] = json.loads(workspace.get(manifests_key(workflow_id)))
    return manifests
