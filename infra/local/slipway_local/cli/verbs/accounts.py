"""Commands for sessions and for the configuration."""

from pathlib import Path
from typing import Annotated

import typer

from slipway_local.cli import arguments
from slipway_local.cli.verbs.options import Cursor, Json

verbs = typer.Typer()
_session = typer.Typer(no_args_is_help=True, help="Open or close a session.")
_config = typer.Typer(help="Show your defaults for requests, or set them.")
verbs.add_typer(_session, name="session")
verbs.add_typer(_config, name="config")


@verbs.command()
def sessions(
    limit: Annotated[int, typer.Option(min=1, max=100)] = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List your open sessions, the newest first."""
    from slipway_local.cli import keeping_accounts
    from slipway_local.cli.output import Output

    asked = {"limit": limit, "cursor": cursor}
    raise typer.Exit(keeping_accounts.show_sessions(asked, Output(as_json)))


@_session.command(name="open")
def open_session(
    label: Annotated[list[str] | None, typer.Option(metavar="K=V", help="Repeatable.")] = None,
    as_json: Json = False,
) -> None:
    """Open a session, which groups workflows, for 24 hours."""
    from slipway_local.cli import keeping_accounts
    from slipway_local.cli.output import Output

    labels = arguments.parse_pairs("--label", label or [])
    raise typer.Exit(keeping_accounts.open_session(labels, Output(as_json)))


@_session.command(name="close")
def close_session(
    session_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="The session's id, se_….", parser=arguments.session_id),
    ],
    as_json: Json = False,
) -> None:
    """Close a session; its workflows are not affected."""
    from slipway_local.cli import keeping_accounts
    from slipway_local.cli.output import Output

    raise typer.Exit(keeping_accounts.close_session(session_id, Output(as_json)))


@_config.callback(invoke_without_command=True)
def config(context: typer.Context, as_json: Json = False) -> None:
    """Show your defaults for requests, or set them."""
    from slipway_local.cli import keeping_accounts
    from slipway_local.cli.output import Output

    if context.invoked_subcommand is None:
        raise typer.Exit(keeping_accounts.show_config(Output(as_json)))


@_config.command(name="set")
def set_config(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help='JSON: {"defaults": {…}}; - is standard input.')
    ],
    as_json: Json = False,
) -> None:
    """Replace all of your defaults with those in FILE."""
    from slipway_local.cli import keeping_accounts
    from slipway_local.cli.output import Output

    raise typer.Exit(keeping_accounts.set_config(file, Output(as_json)))
