"""The secrets among an application's settings: beside the request, until the cluster has them.

They lie in an object of their own, which no other request can overwrite or take away: a command
that was refused removes what it put there, also when its twin was accepted.
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


def apart(env: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """As everybody may read them, and those that are hidden there."""
    told = without_secrets(env)
    return told, {name: value for name, value in env.items() if told[name] == HIDDEN}


def keep(workspace: Workspace, workflow_id: str, hidden: Settings) -> str | None:
    """Answers the mark by which the workflow finds them; None when there are none."""
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
    """By name. Without a mark the request is one of an earlier version, which has them itself.

    Raises Rejected("no_such_object") when they were thrown away: the undo is over.
    """
    mark = workflow.sealed
    if mark is None:
        return apart(workflow.request.app.env)[1]
    kept: dict[str, str] = json.loads(workspace.get(_key(workflow.id, mark)))
    return kept


def forget(workspace: Workspace, workflow_id: str) -> None:
    """Also what a request with the same id left that died before it was accepted."""
    workspace.delete(private_key(workflow_id, _PLACE))


def _key(workflow_id: str, mark: str) -> str:
    return private_key(workflow_id, f"{_PLACE}{mark}.json")


def _mark(hidden: Settings, nonce: str) -> str:
    return f"{nonce}-{fingerprint(_text(hidden), nonce)}"


def _text(hidden: Settings) -> str:
    return json.dumps(hidden, sort_keys=True)
