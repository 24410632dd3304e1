"""Commands for the system itself: sweep, replay, rebuild, drain, up and doctor."""

from typing import Annotated

import typer

from slipway_local.cli import arguments
from slipway_local.cli.verbs.options import Id, Json

verbs = typer.Typer()


@verbs.command()
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


@verbs.command()
def replay(workflow_id: Id, as_json: Json = False) -> None:
    """Tell all events of a workflow again: to the bus, the state machine and its view."""
    from slipway_local.cli import maintaining
    from slipway_local.cli.output import Output

    raise typer.Exit(maintaining.replay(workflow_id, Output(as_json)))


@verbs.command()
def rebuild(as_json: Json = False) -> None:
    """Fill a second read table from the events, and let it take the place of the first."""
    from slipway_local.cli import maintaining
    from slipway_local.cli.output import Output

    raise typer.Exit(maintaining.rebuild(Output(as_json)))


@verbs.command()
def drain(
    wait: Annotated[bool, typer.Option("--wait", help="Until nothing is under way.")] = False,
    as_json: Json = False,
) -> None:
    """Say what is under way, of all owners, and under which version of the plan it began."""
    from slipway_local.cli.draining import drain as show
    from slipway_local.cli.output import Output

    raise typer.Exit(show(wait, Output(as_json)))


@verbs.command()
def up(
    port: Annotated[int, typer.Option(help="0: any free one.")] = arguments.DEFAULT_PORT,
    as_json: Json = False,
) -> None:
    """Run the local system until Ctrl-C."""
    from slipway_local.cli import running
    from slipway_local.cli.output import Output

    arguments.check_port(port)
    raise typer.Exit(running.up(port, Output(as_json)))


@verbs.command()
def doctor(as_json: Json = False) -> None:
    """Say what of engine, registry, cluster, scanner and credentials is there, and what to do."""
    from slipway_local.cli import doctor as examination
    from slipway_local.cli.output import Output

    raise typer.Exit(examination.doctor(Output(as_json)))
