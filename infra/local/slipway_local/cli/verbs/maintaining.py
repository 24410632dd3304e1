"""Commands for the system itself: sweep, replay, rebuild, drain, up and doctor."""

from typing import Annotated

import typer

from slipway_local.cli import arguments
from slipway_local.cli.verbs.options import Id, Json

verbs = typer.Typer()


@verbs.command()
def sweep(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
    grace: Annotated[
        int, typer.Option(metavar="M", min=0, help="Keep resources younger than M minutes.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Rescue stuck workflows, and remove leftovers of finished ones."""
    from slipway_local.cli import sweeping
    from slipway_local.cli.output import Output

    output = Output(as_json)
    raise typer.Exit(sweeping.sweep(dry_run=dry_run, grace_minutes=grace, output=output))


@verbs.command()
def replay(workflow_id: Id, as_json: Json = False) -> None:
    """Replay a workflow's events to the bus and the state machine, and rebuild its view."""
    from slipway_local.cli import maintaining
    from slipway_local.cli.output import Output

    raise typer.Exit(maintaining.replay(workflow_id, Output(as_json)))


@verbs.command()
def rebuild(as_json: Json = False) -> None:
    """Rebuild the read model from the events in a second table, and switch to it."""
    from slipway_local.cli import maintaining
    from slipway_local.cli.output import Output

    raise typer.Exit(maintaining.rebuild(Output(as_json)))


@verbs.command()
def drain(
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until no workflow is unfinished.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List unfinished workflows of all owners, with the plan version each began with."""
    from slipway_local.cli.draining import drain as show
    from slipway_local.cli.output import Output

    raise typer.Exit(show(wait, Output(as_json)))


@verbs.command()
def up(
    port: Annotated[int, typer.Option(help="0 selects any free port.")] = arguments.DEFAULT_PORT,
    as_json: Json = False,
) -> None:
    """Run the local system until Ctrl-C."""
    from slipway_local.cli import running
    from slipway_local.cli.output import Output

    arguments.check_port(port)
    raise typer.Exit(running.up(port, Output(as_json)))


@verbs.command()
def doctor(as_json: Json = False) -> None:
    """Check engine, registry, cluster, scanner, credentials and state, and suggest fixes."""
    from slipway_local.cli import doctor as examination
    from slipway_local.cli.output import Output

    raise typer.Exit(examination.doctor(Output(as_json)))
