"""`slipway deploy`: pack, upload, ask, and follow to the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slipway_local.cli.client import Client
from slipway_local.cli.connection import connected, read_settings
from slipway_local.cli.exits import Exit, Stop, exit_for_workflow
from slipway_local.cli.follow import Follower
from slipway_local.cli.interrupts import Interrupts, held_back
from slipway_local.cli.logs import LOGS, kept_logs
from slipway_local.cli.names import name_of, tell_name
from slipway_local.cli.output import (
    Output,
    defaults_lines,
    failure_lines,
    first_line,
    plain,
    receipt_lines,
    status_word,
    when,
)

_LOG_LINES = 15
IN_MEMORY = "in memory"


@dataclass(frozen=True)
class Wish:
    """What the command line asks for; `name` defaults to the folder's."""

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
        """What was not said is left out: the caller's configuration, or the API, fills it in."""
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


def deploy(wish: Wish, output: Output) -> Exit:
    from slipway_local.cli.checking import check_login, checked

    checked(wish)
    with connected(output, may_start=True) as client:
        if client.ends_with_us:
            check_login(read_settings())
        tell_name(wish.path, wish.name, output)
        return deploy_on(client, wish, output)


def deploy_on(client: Client, wish: Wish, output: Output) -> Exit:
    upload_id = _sent(client, wish, output)
    with held_back() as interrupts:  # an answer that is lost would be a workflow that is lost
        accepted = client.post("/workflows", wish.request({"upload_id": upload_id}))
        workflow_id = accepted["workflow_id"]
        output.note(f"workflow {workflow_id}")
        if not wish.detach:
            return _to_end_or_undone(client, accepted, output, interrupts)
    output.show(accepted, f"{workflow_id}; follow: slipway watch {workflow_id}")
    return Exit.DONE


def _sent(client: Client, wish: Wish, output: Output) -> str:
    from slipway_local.cli.checking import packed

    with packed(wish) as (report, archive):
        output.note(f"packed {report.files} files, {report.archive_bytes / 1e6:.1f} MB")
        while True:
            upload = client.post("/uploads", {"size_bytes": report.archive_bytes})
            try:
                client.upload(upload, archive)
            except Stop:
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
    """Ctrl-C ends the watching alone; where it is `undoing`, there is nothing to cancel.

    `since`: a version that is known to be written, and may not be visible yet.

    `seen`: the last event that need not be told.
    """
    follower = Follower(client, workflow_id, output, seen)
    try:
        view = follower.to_end(since)
    except KeyboardInterrupt:
        raise _left_alone(workflow_id, undoing=undoing) from None
    return _told(client, view, output)


def _to_end_or_undone(
    client: Client, accepted: Mapping[str, Any], output: Output, interrupts: Interrupts
) -> Exit:
    workflow_id = accepted["workflow_id"]
    follower = Follower(client, workflow_id, output, interrupts=interrupts)
    try:
        view = follower.to_end(accepted["version"])
    except KeyboardInterrupt:
        output.note(f"cancelling; Ctrl-C once more leaves the undo to {_heir(client)}")
        _cancel(client, workflow_id)
        view = _undone(client, follower)
    return _told(client, view, output)


def _heir(client: Client) -> str:
    return "the next `slipway up`, `deploy` or `sweep`" if client.ends_with_us else "the system"


def _cancel(client: Client, workflow_id: str) -> None:
    try:
        client.post(f"/workflows/{workflow_id}/cancel", {"reason": "interrupted"})
    except Stop as stop:
        if stop.exit_code is not Exit.REFUSED:  # it has just ended by itself
            raise


def _undone(client: Client, follower: Follower) -> dict[str, Any]:
    try:
        return follower.to_end()
    except KeyboardInterrupt:
        if client.ends_with_us:
            raise  # the system that ends says what becomes of it
        raise _left_alone(follower.workflow_id, undoing=True) from None


def _left_alone(workflow_id: str, *, undoing: bool) -> Stop:
    cancel = "" if undoing else f", or slipway cancel {workflow_id}"
    return Stop(
        Exit.INTERRUPTED,
        f"{workflow_id} goes on without being watched",
        fix=f"slipway watch {workflow_id}{cancel}",
        code="interrupted",
    )


def _told(client: Client, view: Mapping[str, Any], output: Output) -> Exit:
    _tell_log(client, view, output)
    output.show(view, *summary(view))
    return exit_for_workflow(view["status"])


def _tell_log(client: Client, view: Mapping[str, Any], output: Output) -> None:
    """The end of the failed step's log: what a person would ask for next."""
    step = (view.get("error") or {}).get("step") or ""
    text = kept_logs(client, view, [step]).get(step, "") if step in LOGS else ""
    if lines := text.rstrip().splitlines()[-_LOG_LINES:]:
        output.note(f"[dim]-- the end of {LOGS[step]} of {step}[/]")
        output.note("\n".join(plain(line) for line in lines))


def summary(view: Mapping[str, Any]) -> list[object]:
    """The cause first, then what there is: the service, or what is left."""
    lines: list[object] = [*failure_lines(view)]
    rehearsed = " (rehearsal)" if view["rehearsal"] else ""
    lines.append(f"{status_word(view['status'])}{rehearsed} {view['workflow_id']}")
    lines += defaults_lines(view)
    if view.get("waits_for"):
        lines.append(f"waits    for {view['waits_for']}, which works on the same target")
    if view["status"] == "COMPLETED":
        if image := view.get("image"):
            lines.append(f"image    {plain(image['reference'])} @ {image['digest']}")
        if service := view.get("service"):
            lines.append(_where(service) + ("" if _in_memory(view) else _how(service)))
    lines += [_what_to_do(view["workflow_id"], step) for step in view["steps"] if _waits(step)]
    if receipt := view.get("receipt"):
        left = [item for item in receipt["items"] if item["state"] == "leftover"]
        clean = "nothing left" if receipt["clean"] else f"[red]{len(left)} left over[/]"
        lines += [
            f"receipt  {clean}, checked {when(receipt['checked_at'])}",
            *receipt_lines(receipt),
        ]
    return lines


def _in_memory(view: Mapping[str, Any]) -> bool:
    """Whether no kubectl would find it; of one recorded without a world a rehearsal is taken so."""
    world = view.get("world") or {}
    return bool(view["rehearsal"]) and world.get("cluster", IN_MEMORY) == IN_MEMORY


def _where(service: Mapping[str, Any]) -> str:
    return f"service  {service['namespace']}/{service['name']} port {service['port']}"


def _how(service: Mapping[str, Any]) -> str:
    namespace, name, port = (service[key] for key in ("namespace", "name", "port"))
    return f"; kubectl -n {namespace} port-forward service/{name} 8080:{port}"


def _waits(step: Mapping[str, Any]) -> bool:
    return bool(step["status"] == "UNDO_PARKED")


def _what_to_do(workflow_id: str, step: Mapping[str, Any]) -> str:
    error = (step.get("undo") or {}).get("error") or {}
    why = f": {plain(first_line(error['message']))}" if error else ""
    return (
        f"[red]parked[/]   the undo of {step['name']} waits for you{why}\n"
        f"  fix: slipway resolve {workflow_id} {step['name']} retry,"
        " or skip --reason WHY, or done when you removed it by hand"
    )
