"""Fetch the logs that steps store as artifacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway_local.cli.client import Client
from slipway_local.cli.exits import CliError

LOGS = {
    "build_image": "build.log",
    "push_image": "push.log",
    "deploy_application": "pods.log",
    "verify_deployment": "pods.log",
}


def kept_logs(client: Client, view: Mapping[str, Any], steps: Sequence[str]) -> dict[str, str]:
    """Return the logs by step, without steps that were not begun and empty logs."""
    begun = {step["name"] for step in view["steps"] if step["status"] != "PENDING"}
    kept = {name: _read(client, view["workflow_id"], name) for name in steps if name in begun}
    return {name: text for name, text in kept.items() if text.strip()}


def _read(client: Client, workflow_id: str, step: str) -> str:
    try:
        return client.text(f"/workflows/{workflow_id}/artifacts/{step}/{LOGS[step]}")
    except CliError:
        return ""  # it failed before it logged anything
