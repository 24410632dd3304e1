"""Stores an app's secret settings in the workspace, apart from the request, for the steps.

Each command writes an object of its own, which no other can overwrite or delete: a refused command
deletes only what it wrote itself, even if a duplicate of it was accepted.
"""

import json
import secrets
from collections.abc import Mapping

from slipway.containerize.ports import Workspace
from slipway.containerize.secret_names import HIDDEN, without_secrets
from slipway.containerize.workspace_keys import private_key
from slipway.fingerprint import fingerprint
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.workflow import Workflow

Settings = Mapping[str, str]
_PLACE = "settings/"
_NONCE_BYTES = 8


def split_secrets(env: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """Return the settings with secrets redacted, and the redacted ones in plain text."""
    redacted = without_secrets(env)
    return redacted, {name: value for name, value in env.items() if redacted[name] == HIDDEN}


def keep(workspace: Workspace, workflow_id: str, hidden: Settings) -> str | None:
    """Store the secrets and return the mark that identifies them; None without secrets."""
    if not hidden:
        return None
    mark = _mark(hidden, secrets.token_hex(_NONCE_BYTES))
    workspace.put(_key(workflow_id, mark), _text(hidden).encode(), "application/json")
    return mark


def is_mark_of(mark: str | None, hidden: Settings) -> bool:
    """Whether a request that was accepted with this mark had the same secrets."""
    if mark is None or not hidden:
        return mark is None and not hidden
    return mark == _mark(hidden, mark.partition("-")[0])


def discard(workspace: Workspace, workflow_id: str, mark: str | None) -> None:
    if mark:
        workspace.delete(_key(workflow_id, mark))


def secrets_of_app(workflow: Workflow[ContainerizeRequest], workspace: Workspace) -> dict[str, str]:
    """Return secrets by name. Requests of an earlier version have no mark and contain them.

    Raises Rejected("no_such_object") if they were deleted because the undo has finished.
    """
    mark = workflow.sealed
    if mark is None:
        return split_secrets(workflow.request.app.env)[1]
    kept: dict[str, str] = json.loads(workspace.get(_key(workflow.id, mark)))
    return kept


def forget(workspace: Workspace, workflow_id: str) -> None:
    """Delete all secrets of the workflow, also of a request that crashed before acceptance."""
    workspace.delete(private_key(workflow_id, _PLACE))


def _key(workflow_id: str, mark: str) -> str:
    return private_key(workflow_id, f"{_PLACE}{mark}.json")


def _mark(hidden: Settings, nonce: str) -> str:
    return f"{nonce}-{fingerprint(_text(hidden), nonce)}"


def _text(hidden: Settings) -> str:
    return json.dumps(hidden, sort_keys=True)
