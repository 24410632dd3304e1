"""An artifact of a workflow: its content, or a presigned URL to download it."""

import tempfile
from pathlib import Path

from slipway.buses import query
from slipway.containerize.ports import Workspace
from slipway.containerize.workspace_keys import is_private, workflow_prefix
from slipway.cqrs.problem import Refused
from slipway.cqrs.projection import own_view
from slipway.cqrs.request import Call
from slipway.cqrs.transfers import Transfers
from slipway.cqrs.views import Views
from slipway.messages.queries import GetArtifact
from slipway.messages.views import ArtifactLink
from slipway.saga.errors import Rejected
from slipway.saga.store import NotFound
from slipway.wiring import uploads, views, workspace

_INLINE_BYTES = 4_000_000  # a Lambda response holds 6 MB, and base64 adds a third


def get_artifact(
    query: GetArtifact, call: Call, *, views: Views, workspace: Workspace, uploads: Transfers
) -> ArtifactLink | bytes:
    """Raises NotFound, Unavailable, or Refused."""
    if own_view(views, query.workflow_id, call) is None:
        raise NotFound(query.workflow_id)
    key = _key(query, workspace)
    if query.format == "url":
        return ArtifactLink.model_validate(uploads.to_get(key).model_dump())
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "artifact"
        try:
            workspace.download(key, copy, _INLINE_BYTES)
        except Rejected as error:
            raise _not_inline(error) from None
        return copy.read_bytes()


def _key(query: GetArtifact, workspace: Workspace) -> str:
    prefix = workflow_prefix(query.workflow_id)
    keys = workspace.keys(prefix)
    names = [key.removeprefix(prefix) for key in keys if not is_private(query.workflow_id, key)]
    found = [n for n in names if query.name in {n, n.partition("/")[2]}]
    if len(found) == 1:
        return prefix + found[0]
    if found:
        raise Refused(
            "ambiguous_name",
            f"several steps wrote {query.name}: {', '.join(found)}",
            field="name",
            fix="name the step as well: <step>/<name>",
        )
    raise Refused(
        "no_such_artifact",
        f"the workflow has no {query.name}",
        field="name",
        fix=f"available: {', '.join(names) or 'none yet'}",
    )


def _not_inline(error: Rejected) -> Refused:
    if error.code == "no_such_object":
        return Refused("no_such_artifact", "the artifact was just removed", field="name")
    return Refused(
        "artifact_too_large",
        f"the artifact has more than {_INLINE_BYTES} bytes",
        field="format",
        fix="request it with format=url and download it from that URL",
    )


handler = query(
    get_artifact,
    GetArtifact,
    scope="workflows:read",
    views=views,
    workspace=workspace,
    uploads=uploads,
)
