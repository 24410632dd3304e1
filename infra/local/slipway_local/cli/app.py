"""The verbs. Each is thin: what it does stands in a module of its own, imported when it is used."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from slipway_local.cli import accounts, arguments, generating, looking_back
from slipway_local.cli.exits import Exit


class Decision(StrEnum):
    RETRY = "retry"
    SKIP = "skip"
    DONE = "done"


app = typer.Typer(
    help="Source in, running service out, or nothing left behind.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


accounts.add_to(app)
generating.add_to(app)
looking_back.add_to(app)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"slipway {version('slipway')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Source in, running service out, or nothing left behind."""


Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Id = Annotated[
    str,
    typer.Argument(metavar="ID", help="The workflow's id, wf_….", parser=arguments.workflow_id),
]
Source = Annotated[Path, typer.Argument(metavar="PATH", help="The folder of the source.")]


@app.command()
def deploy(  # noqa: PLR0913  (the options that the interface promises)
    path: Source,
    name: Annotated[str | None, typer.Option(help="Default: the folder's name.")] = None,
    namespace: Annotated[str | None, typer.Option(help="Default: the name.")] = None,
    component: Annotated[str | None, typer.Option(help="A path within the source.")] = None,
    port: Annotated[int | None, typer.Option(help="Default: as found in the source.")] = None,
    env: Annotated[list[str] | None, typer.Option(metavar="K=V", help="Repeatable.")] = None,
    replicas: Annotated[int | None, typer.Option(min=1, max=100)] = None,
    scan: Annotated[bool | None, typer.Option("--scan/--no-scan")] = None,
    to_cluster: Annotated[
        bool | None, typer.Option("--deploy/--no-deploy", help="--no-deploy: stop after the push.")
    ] = None,
    strict: Annotated[
        bool | None,
        typer.Option(
            "--strict/--no-strict",
            help="Findings and no scan refuse; pods reach found services only.",
        ),
    ] = None,
    on_failure: Annotated[
        str | None, typer.Option(metavar="rollback", help="All that is available yet.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over objects in the cluster that are not ours.")
    ] = False,
    session: Annotated[
        str | None, typer.Option(metavar="ID", help="An open session to belong to, se_….")
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Do not wait for the end.")] = False,
    as_json: Json = False,
) -> None:
    """Make the source in PATH a running service, or leave nothing behind."""
    from slipway_local.cli import deploying
    from slipway_local.cli.output import Output

    arguments.check_on_failure(on_failure)
    wish = deploying.Wish(
        path=path,
        name=name,
        namespace=namespace,
        component=component,
        port=port,
        replicas=replicas,
        env=arguments.parse_pairs("--env", env or []),
        scan=scan,
        deploy=to_cluster,
        strict=strict,
        on_failure=on_failure,
        adopt=adopt or None,
        session=session,
        detach=detach,
    )
    raise typer.Exit(deploying.deploy(wish, Output(as_json)))


@app.command()
def plan(
    path: Source,
    name: Annotated[str | None, typer.Option(help="Default: the folder's name.")] = None,
    namespace: Annotated[str | None, typer.Option()] = None,
    component: Annotated[str | None, typer.Option()] = None,
    port: Annotated[int | None, typer.Option()] = None,
    as_json: Json = False,
) -> None:
    """Show what deploy would do; no side effect."""
    from slipway_local.cli import deploying, planning
    from slipway_local.cli.output import Output

    wish = deploying.Wish(path=path, name=name, namespace=namespace, component=component, port=port)
    raise typer.Exit(planning.show_plan(wish, Output(as_json)))


@app.command()
def status(workflow_id: Id, as_json: Json = False) -> None:
    """Show a workflow with its steps."""
    _read("show_status", workflow_id, as_json)


@app.command()
def watch(workflow_id: Id, as_json: Json = False) -> None:
    """Follow a workflow to its end."""
    _read("watch", workflow_id, as_json)


@app.command(name="list")
def list_workflows(
    status: Annotated[str | None, typer.Option(help="Only those with this status.")] = None,
    session: Annotated[
        str | None, typer.Option(metavar="ID", help="Only those of this session.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    owner: Annotated[str | None, typer.Option(help="Not yours but theirs; for operators.")] = None,
    as_json: Json = False,
) -> None:
    """List workflows, the newest first."""
    from slipway_local.cli import reading
    from slipway_local.cli.output import Output

    asked = {"status": status, "session": session, "owner": owner, "limit": limit}
    raise typer.Exit(reading.show_list(asked, Output(as_json)))


@app.command()
def timeline(workflow_id: Id, as_json: Json = False) -> None:
    """Show what happened, event by event."""
    _read("show_timeline", workflow_id, as_json)


@app.command()
def receipt(workflow_id: Id, as_json: Json = False) -> None:
    """Show what was found left after a rollback."""
    _read("show_receipt", workflow_id, as_json)


@app.command(name="undo-plan")
def undo_plan(workflow_id: Id, as_json: Json = False) -> None:
    """Show what a cancel or a rollback would undo now, and what it could not."""
    _read("show_undo_plan", workflow_id, as_json)


@app.command()
def logs(
    workflow_id: Id,
    step: Annotated[str | None, typer.Argument(metavar="[STEP]")] = None,
    as_json: Json = False,
) -> None:
    """Show the logs that were kept, of one step or of all."""
    from slipway_local.cli import reading
    from slipway_local.cli.output import Output

    raise typer.Exit(reading.show_logs(workflow_id, step, Output(as_json)))


@app.command()
def cancel(
    workflow_id: Id,
    reason: Annotated[str, typer.Option()] = "cancelled by request",
    as_json: Json = False,
) -> None:
    """Ask a workflow to stop and undo itself."""
    from slipway_local.cli import operating
    from slipway_local.cli.output import Output

    raise typer.Exit(operating.cancel(workflow_id, reason, Output(as_json)))


@app.command()
def rollback(
    workflow_id: Id,
    reason: Annotated[str, typer.Option()] = "rolled back by request",
    detach: Annotated[bool, typer.Option("--detach", help="Do not wait for the end.")] = False,
    as_json: Json = False,
) -> None:
    """Take back what a completed workflow deployed: what ran before runs again."""
    from slipway_local.cli import operating
    from slipway_local.cli.output import Output

    raise typer.Exit(operating.rollback(workflow_id, reason, detach, Output(as_json)))


@app.command()
def resolve(
    workflow_id: Id,
    step: Annotated[
        str, typer.Argument(metavar="STEP", parser=arguments.step_name, help="Whose undo waits.")
    ],
    decision: Annotated[Decision, typer.Argument(help="Again, leave it, or removed by hand.")],
    reason: Annotated[str | None, typer.Option(help="Needed to skip.")] = None,
    as_json: Json = False,
) -> None:
    """Decide on an undo that could not succeed by itself."""
    from slipway_local.cli import operating
    from slipway_local.cli.output import Output

    code = operating.resolve(workflow_id, step, decision.value, reason, Output(as_json))
    raise typer.Exit(code)


@app.command()
def sweep(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    grace: Annotated[
        int, typer.Option(metavar="M", min=0, help="Spare what is younger, in minutes.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Rescue stuck workflows, and remove what those that are over have left."""
    from slipway_local.cli import sweeping
    from slipway_local.cli.output import Output

    output = Output(as_json)
    raise typer.Exit(sweeping.sweep(dry_run=dry_run, grace_minutes=grace, output=output))


@app.command()
def replay(workflow_id: Id, as_json: Json = False) -> None:
    """Tell all events of a workflow again: to the bus, the state machine and its view."""
    from slipway_local.cli import maintaining
    from slipway_local.cli.output import Output

    raise typer.Exit(maintaining.replay(workflow_id, Output(as_json)))


@app.command()
def rebuild(as_json: Json = False) -> None:
    """Fill a second read table from the events, and let it take the place of the first."""
    from slipway_local.cli import maintaining
    from slipway_local.cli.output import Output

    raise typer.Exit(maintaining.rebuild(Output(as_json)))


@app.command()
def drain(
    wait: Annotated[bool, typer.Option("--wait", help="Until nothing is under way.")] = False,
    as_json: Json = False,
) -> None:
    """Say what is under way, and under which version of the plan it began."""
    from slipway_local.cli.draining import drain as show
    from slipway_local.cli.output import Output

    raise typer.Exit(show(wait, Output(as_json)))


@app.command()
def up(
    port: Annotated[int, typer.Option(help="0: any free one.")] = 8787, as_json: Json = False
) -> None:
    """Run the local system until Ctrl-C."""
    from slipway_local.cli import running
    from slipway_local.cli.output import Output

    raise typer.Exit(running.up(port, Output(as_json)))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what of engine, registry, cluster, scanner and credentials is there, and what to do."""
    from slipway_local.cli import doctor as examination
    from slipway_local.cli.output import Output

    raise typer.Exit(examination.doctor(Output(as_json)))


def _read(verb: str, workflow_id: str, as_json: bool) -> None:
    from slipway_local.cli import reading
    from slipway_local.cli.output import Output

    code: Exit = getattr(reading, verb)(workflow_id, Output(as_json))
    raise typer.Exit(code)
