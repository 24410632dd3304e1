"""`slipway deploy`: pack and upload the source, start the workflow, follow it to the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slipway_local.cli.client import Client
from slipway_local.cli.connection import connected, read_settings
from slipway_local.cli.exits import CliError, Exit, exit_for_workflow
from slipway_local.cli.follow import Follower
from slipway_local.cli.interrupts import Interrupts, held_back
from slipway_local.cli.logs import LOGS, kept_logs
from slipway_local.cli.names import name_of, tell_name
from slipway_local.cli.output import (
    Output,
    plain,
)
from slipway_local.cli.summary import summary
from slipway_local.cli.worlds import tell_where

_LOG_LINES = 15


@dataclass(frozen=True)
class DeployRequest:
    """The options of `deploy`; `name` defaults to the folder's name."""

    path: Path
    name: str | None = None
    namespace: str | None = None
    component: str | None = None
    port: int | None = None
    replicas: int | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    scan: bool | None = None
    deploy: bool | None = None
    strict: bool | None = None
    on_failure: str | None = None
    adopt: bool | None = None
    session: str | None = None
    detach: bool = False

    def request(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Omit options that were not given; the caller's configuration or the API sets them."""
        app = {
            "name": self.name or name_of(self.path),
            "namespace": self.namespace,
            "component": self.component,
            "port": self.port,
            "replicas": self.replicas,
            "env": dict(self.env),
        }
        options = {
            "scan": self.scan,
            "deploy": self.deploy,
            "strict": self.strict,
            "on_failure": self.on_failure,
            "adopt": self.adopt,
        }
        said = {"app": _said(app), "options": _said(options), "session_id": self.session}
        return {"source": source, **_said(said)}


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def deploy(deploy_request: DeployRequest, output: Output) -> Exit:
    from slipway_local.cli.checking import check_login, checked

    checked(deploy_request)
    with connected(output, may_start=True) as client:
        if client.ends_with_us:
            check_login(read_settings())
        tell_name(deploy_request.path, deploy_request.name, output)
        return deploy_on(client, deploy_request, output, elsewhere=read_settings().url is not None)


def deploy_on(
    client: Client, deploy_request: DeployRequest, output: Output, *, elsewhere: bool = False
) -> Exit:
    """`elsewhere`: print what the system acts on as soon as it has accepted the workflow."""
    upload_id = _sent(client, deploy_request, output)
    with held_back() as interrupts:  # losing the response would lose the id
        accepted = client.post("/workflows", deploy_request.request({"upload_id": upload_id}))
        workflow_id = accepted["workflow_id"]
        output.note(f"workflow {workflow_id}")
        if elsewhere:
            tell_where(client, accepted, output)
        if not deploy_request.detach:
            return _to_end_or_undone(client, accepted, output, interrupts)
    output.show(accepted, f"{workflow_id}; follow: slipway watch {workflow_id}")
    return Exit.DONE


def _sent(client: Client, deploy_request: DeployRequest, output: Output) -> str:
    from slipway_local.cli.checking import packed

    with packed(deploy_request) as (report, archive):
        output.note(f"packed {report.files} files, {report.archive_bytes / 1e6:.1f} MB")
        while True:
            upload = client.post("/uploads", {"size_bytes": report.archive_bytes})
            try:
                client.upload(upload, archive)
            except CliError:
                if client.moved():
                    continue
                raise
            return str(upload["upload_id"])


def follow_to_end(
    client: Client,
    workflow_id: str,
    output: Output,
    since: int | None = None,
    seen: int = 0,
    *,
    undoing: bool = False,
) -> Exit:
    """Print the events of a workflow until it ends. Ctrl-C stops watching only; raises Stop.

    `since`: a version that is known to be written, and may not be visible yet. `seen`: the last
    event not to print. `undoing`: do not suggest to cancel when interrupted.
    """
    follower = Follower(client, workflow_id, output, seen)
    try:
        view = follower.to_end(since)
    except KeyboardInterrupt:
        raise _left_alone(workflow_id, undoing=undoing) from None
    return _shown_end(client, view, output)


def _to_end_or_undone(
    client: Client, accepted: Mapping[str, Any], output: Output, interrupts: Interrupts
) -> Exit:
    workflow_id = accepted["workflow_id"]
    follower = Follower(client, workflow_id, output, interrupts=interrupts)
    try:
        view = follower.to_end(accepted["version"])
    except KeyboardInterrupt:
        output.note(f"cancelling; press Ctrl-C again to leave the undo to {_heir(client)}")
        _cancel(client, workflow_id)
        view = _undone(client, follower)
    return _shown_end(client, view, output)


def _heir(client: Client) -> str:
    return "the next `slipway up`, `deploy` or `sweep`" if client.ends_with_us else "the system"


def _cancel(client: Client, workflow_id: str) -> None:
    try:
        client.post(f"/workflows/{workflow_id}/cancel", {"reason": "interrupted"})
    except CliError as stop:
        if stop.exit_code is not Exit.REFUSED:  # it has just finished
            raise


def _undone(client: Client, follower: Follower) -> dict[str, Any]:
    try:
        return follower.to_end()
    except KeyboardInterrupt:
        if client.ends_with_us:
            raise  # own_system reports it
        raise _left_alone(follower.workflow_id, undoing=True) from None


def _left_alone(workflow_id: str, *, undoing: bool) -> CliError:
    cancel = "" if undoing else f", or slipway cancel {workflow_id}"
    return CliError(
        Exit.INTERRUPTED,
        f"no longer watching {workflow_id}, which continues",
        fix=f"slipway watch {workflow_id}{cancel}",
        code="interrupted",
    )


def _shown_end(client: Client, view: Mapping[str, Any], output: Output) -> Exit:
    _tell_log(client, view, output)
    output.show(view, *summary(view))
    return exit_for_workflow(view["status"])


def _tell_log(client: Client, view: Mapping[str, Any], output: Output) -> None:
    """Print the last lines of the failed step's log."""
    step = (view.get("error") or {}).get("step") or ""
    text = kept_logs(client, view, [step]).get(step, "") if step in LOGS else ""
    if lines := text.rstrip().splitlines()[-_LOG_LINES:]:
        output.note(f"[dim]-- last lines of {LOGS[step]} of {step}[/]")
        output.note("\n".join(plain(line) for line in lines))
